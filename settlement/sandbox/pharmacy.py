"""A purchase in a pharmacy: 2101(A) works it out, 2102(A) settles it in one message, 2103 takes it back.

Nothing identifies a purchase before it is settled, so a repeated 2102 with a new msgid is a second purchase. The
ledger marks it `duplicate` when the same person has bought the same lines today already.
"""

from __future__ import annotations

from typing import Any

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, Refuse, digest, plays
from settlement.sandbox import lines
from settlement.sandbox.centre import Content, content, now, opter_of, person_of, rows, seen_at, storable, visit_of
from settlement.sandbox.identify import certified, entitled, is_filed
from settlement.sandbox.models import Line, Visit
from settlement.sandbox.paying import foretold, note, number, settled, settlement_of, told, undone, worked_out
from settlement.sandbox.rates import kind_of


@plays(transaction("2101A"))
@plays(transaction("2101"))
def foretell(request: Any, call: Call) -> Record:
    asked = content(request)
    visit = _visit(call, asked.get("druginfo", {}))
    visit.mdtrt_id = number("S", visit.insurance.insuplc_admdvs, 0, now())
    bought = _bought(visit, asked)
    certified(call, visit.insured, asked.get("druginfo", {}))
    benefit = worked_out(call, visit, bought, asked.get("druginfo", {}))
    return foretold(request, call, visit, benefit, detlcutinfo=[lines.result(one) for one in bought])


@plays(transaction("2102A"))
@plays(transaction("2102"))
def settle(request: Any, call: Call) -> Record:
    asked = content(request)
    info = asked.get("druginfo", {})
    visit = _visit(call, info)
    bought = _bought(visit, asked)
    mark = digest([visit.insured.psn_no, *(one.feedetl_sn for one in bought)])
    again = Effect.objects.filter(
        party=call.party, detail__purchase=mark, undone_by=None, at__date=now().date()
    ).exists()
    visit.save()
    visit.mdtrt_id = number("S", visit.insurance.insuplc_admdvs, visit.pk, now())
    visit.save(update_fields=["mdtrt_id"])
    Line.objects.bulk_create(bought)
    settlement = settled(call, visit, bought, info)
    effect = note(call, settlement, duplicate=again)
    effect.detail |= {"purchase": mark}
    effect.save(update_fields=["detail"])
    return told(request, visit, settlement, detlcutinfo=[lines.result(one) for one in bought])


@plays(transaction("2103"))
def take_back(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit = visit_of(call, asked, Visit.Kind.PHARMACY)
    settlement = settlement_of(visit, asked)
    found = undone(request, call, visit, settlement)
    visit.state = Visit.State.UNDONE
    visit.save(update_fields=["state"])
    return found


def _visit(call: Call, info: Content) -> Visit:
    """A new visit for the purchase, not stored yet."""
    person = person_of(call, info.get("psn_no"), locked=True)
    insurance = entitled(call, person, info.get("insutype"), call.code)
    begins, med_type = seen_at(info.get("begntime")), str(info.get("med_type", ""))
    disease = str(info.get("dise_codg") or "")
    if kind_of(med_type) == "chronic" and not is_filed(person, disease, begins.date()):
        raise Refuse("7114", f"没有有效的门诊慢特病备案 {disease}".strip())
    return Visit(
        party=call.party,
        insured=person,
        insurance=insurance,
        mdtrt_id=f"?{call.nonce[-29:]}",
        kind=Visit.Kind.PHARMACY,
        med_type=med_type,
        begins=begins,
        ends=begins,
        msgid=call.nonce,
        facts=storable(info),
        opter=opter_of(call),
    )


def _bought(visit: Visit, asked: Content) -> list[Line]:
    found = lines.made(visit, rows(asked, "drugdetail"))
    if not found:
        raise Refuse("7204", "没有费用明细")
    return found
