"""A stay in hospital: admission, changes, lines, discharge and settlement, and all of it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Sum

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox import lines
from settlement.sandbox.answers import answer
from settlement.sandbox.centre import (
    Content,
    content,
    local,
    opter_of,
    person_of,
    rows,
    seen_at,
    storable,
    visit_of,
)
from settlement.sandbox.identify import certified, entitled, spend
from settlement.sandbox.models import Line, Settlement, Visit
from settlement.sandbox.outpatient import ALL
from settlement.sandbox.paying import foretold, note, number, settled, settlement_of, told, undone, worked_out
from settlement.sandbox.rates import ZERO


@plays(transaction("2401"))
def admit(request: Any, call: Call) -> Record:
    asked = content(request)
    info, found = asked.get("mdtrtinfo", {}), rows(asked, "diseinfo")
    person = person_of(call, info.get("psn_no"), locked=True)
    insurance = entitled(call, person, info.get("insutype"), call.code)
    if info.get("insuplc_admdvs") and info["insuplc_admdvs"] != insurance.insuplc_admdvs:
        raise Refuse("7002", "参保地医保区划与参保人的参保地不一致")
    begins, own = seen_at(info.get("begntime")), str(info.get("ipt_no") or "")
    if not found or not any(one.get("maindiag_flag") == "1" for one in found):
        raise Refuse("7115", "诊断信息中应有一条主诊断")
    stays = Visit.objects.filter(kind=Visit.Kind.INPATIENT).exclude(state=Visit.State.UNDONE)
    if stays.filter(insured=person, state=Visit.State.OPEN).exists():
        raise Refuse("7105", "参保人有未办理出院的住院登记")
    if own and stays.filter(party=call.party, number=own).exists():
        raise Refuse("7106", f"住院号 {own} 已经使用")
    spend(call, person, info)
    visit = Visit.objects.create(
        party=call.party,
        insured=person,
        insurance=insurance,
        mdtrt_id=f"?{call.nonce[-29:]}",
        kind=Visit.Kind.INPATIENT,
        number=own,
        med_type=str(info.get("med_type", "")),
        begins=begins,
        msgid=call.nonce,
        facts=storable(info),
        diagnoses=storable(found),
        opter=opter_of(call),
    )
    visit.mdtrt_id = number("S", insurance.insuplc_admdvs, visit.pk, begins)
    visit.save(update_fields=["mdtrt_id"])
    call.effect(visit.mdtrt_id, detail={"psn_no": person.psn_no, "mdtrt_id": visit.mdtrt_id, "ipt_no": own})
    return answer(request, result={"mdtrt_id": visit.mdtrt_id})


@plays(transaction("2403"))
def change(request: Any, call: Call) -> Record:
    """Change the admission while it is open; what is sent replaces what was there."""
    asked = content(request)
    info, found = asked.get("adminfo", {}), rows(asked, "diseinfo")
    visit = visit_of(call, info, Visit.Kind.INPATIENT)
    _must_be(visit, Visit.State.OPEN, "已经办理出院，不能再变更入院信息")
    if not any(one.get("maindiag_flag") == "1" for one in found):
        raise Refuse("7115", "诊断信息中应有一条主诊断")
    visit.begins = seen_at(info.get("begntime"))
    visit.med_type = str(info.get("med_type") or visit.med_type)
    visit.number = str(info.get("ipt_otp_no") or visit.number)
    visit.facts |= storable(info)
    visit.diagnoses = storable(found)
    visit.save(update_fields=["begins", "med_type", "number", "facts", "diagnoses"])
    _note(call, visit, undoes=_live(call, visit, "2403"))
    return answer(request)


@plays(transaction("2404"))
def undo_admission(request: Any, call: Call) -> Record:
    visit = visit_of(call, content(request).get("data", {}), Visit.Kind.INPATIENT)
    not_admitted(call, visit)
    _note(call, visit, undoes=_live(call, visit, "2401", "2403"))
    return answer(request)


def not_admitted(call: Call, visit: Visit) -> None:
    """End an admission; refuses while anything builds on it."""
    _must_be(visit, Visit.State.OPEN, "已经办理出院，请先撤销出院（2405）")
    if visit.lines.exists():
        raise Refuse("7111", "该住院已经上传费用明细，请先撤销费用明细（2302）")
    visit.state = Visit.State.UNDONE
    visit.save(update_fields=["state"])


@plays(transaction("2402"))
def discharge(request: Any, call: Call) -> Record:
    asked = content(request)
    info, found = asked.get("dscginfo", {}), rows(asked, "diseinfo")
    visit = visit_of(call, info, Visit.Kind.INPATIENT)
    _must_be(visit, Visit.State.OPEN, "已经办理出院")
    ends = seen_at(info.get("endtime"))
    if ends < visit.begins:
        raise Refuse("7113", f"出院时间 {ends:%Y-%m-%d %H:%M:%S} 早于入院时间")
    if not any(one.get("maindiag_flag") == "1" for one in found):
        raise Refuse("7115", "出院诊断中应有一条主诊断")
    if visit.lines.filter(at__date__gt=local(ends)).exists():
        raise Refuse("7113", "有费用明细发生在出院时间之后")
    visit.state, visit.ends = Visit.State.LEFT, ends
    visit.leaving, visit.left_with = storable(info), storable(found)
    visit.save(update_fields=["state", "ends", "leaving", "left_with"])
    _note(call, visit)
    return answer(request)


@plays(transaction("2405"))
def undo_discharge(request: Any, call: Call) -> Record:
    visit = visit_of(call, content(request).get("data", {}), Visit.Kind.INPATIENT)
    _must_be(visit, Visit.State.LEFT, "没有办理出院")
    if _settlements(visit).filter(is_interim=False).exists():
        raise Refuse("7112", "该住院已经结算，请先撤销结算（2305）")
    visit.state, visit.ends, visit.leaving, visit.left_with = Visit.State.OPEN, None, {}, []
    visit.save(update_fields=["state", "ends", "leaving", "left_with"])
    _note(call, visit, undoes=_live(call, visit, "2402"))
    return answer(request)


@plays(transaction("2301"))
def upload(request: Any, call: Call) -> Record:
    """Lines of a stay; negative ones take back part of the line that `init_feedetl_sn` names."""
    asked = rows(content(request), "feedetail")
    if not asked:
        raise Refuse("7204", "没有费用明细")
    visit = visit_of(call, asked[0], Visit.Kind.INPATIENT)
    if any((row.get("mdtrt_id"), row.get("psn_no")) != (visit.mdtrt_id, visit.insured.psn_no) for row in asked):
        raise Refuse("7210", "一次只能上传同一次就诊的费用明细")
    if _settlements(visit).filter(is_interim=False).exists():
        raise Refuse("7112", "该住院已经结算，请先撤销结算（2305）")
    found = lines.made(visit, asked)
    for line in found:
        if local(line.at) < local(visit.begins) or (visit.ends and local(line.at) > local(visit.ends)):
            raise Refuse("7113", f"费用明细 {line.feedetl_sn} 的发生时间不在住院期间")
    _check_refunds(visit, found)
    found = found[: (len(found) + 1) // 2] if call.partial else found
    Line.objects.bulk_create(found)
    _note(call, visit, rows=len(found), lines=[one.feedetl_sn for one in found], medfee_sumamt=lines.sums(found))
    return answer(request, result=[lines.result(one) for one in found])


def _check_refunds(visit: Visit, found: list[Line]) -> None:
    for line in found:
        if line.amount >= 0:
            continue
        fresh = [one for one in found if line.refunds in (one.feedetl_sn, one.refunds) and line.refunds]
        there = visit.lines.filter(feedetl_sn=line.refunds) | visit.lines.filter(refunds=line.refunds or "-")
        left = lines.sums(fresh) + (there.aggregate(of=Sum("amount"))["of"] or ZERO)
        if not line.refunds or (not there and len(fresh) < 2) or left < 0:
            raise Refuse("7208", f"退费明细 {line.feedetl_sn} 没有对应的原明细，或超过原明细的金额")


@plays(transaction("2302"))
def remove(request: Any, call: Call) -> Record:
    """The named lines, or with 0000 all that are not settled."""
    asked = rows(content(request), "data")
    visit = visit_of(call, asked[0] if asked else {}, Visit.Kind.INPATIENT)
    if any((row.get("mdtrt_id"), row.get("psn_no")) != (visit.mdtrt_id, visit.insured.psn_no) for row in asked):
        raise Refuse("7210", "一次只能撤销同一次就诊的费用明细")
    names = {str(row.get("feedetl_sn", "")) for row in asked}
    chosen = visit.lines.filter(settlement=None) if ALL in names else visit.lines.filter(feedetl_sn__in=names)
    if chosen.exclude(settlement=None).exists():
        raise Refuse("7205", "费用明细已经结算，请先撤销结算（2305）")
    gone = list(chosen.order_by("pk"))
    if not gone or (ALL not in names and len(gone) != len(names)):
        raise Refuse("7209", "没有可以撤销的费用明细，或其中有没有上传过的流水号")
    gone = gone[: (len(gone) + 1) // 2] if call.partial else gone
    numbers = {one.feedetl_sn for one in gone}
    if visit.lines.filter(refunds__in=numbers).exclude(feedetl_sn__in=numbers).exists():
        raise Refuse("7208", "费用明细已有退费，请先撤销退费明细")
    Line.objects.filter(pk__in=[one.pk for one in gone]).delete()
    left = set(visit.lines.values_list("feedetl_sn", flat=True))
    ended = [one.pk for one in _live(call, visit, "2301") if left.isdisjoint(one.detail.get("lines", []))]
    undoes = call.live("2301").filter(pk__in=ended)
    _note(call, visit, undoes=undoes, rows=len(gone), lines=sorted(numbers), medfee_sumamt=-lines.sums(gone))
    return answer(request)


@plays(transaction("2303A"))
@plays(transaction("2303"))
def foretell(request: Any, call: Call) -> Record:
    """At any time: what the lines so far would be paid as."""
    asked = content(request).get("data", {})
    visit, found = _stay(call, asked)
    certified(call, visit.insured, asked, shown=str(visit.facts.get("mdtrt_cert_no") or ""))
    return foretold(request, call, visit, worked_out(call, visit, found, asked))


@plays(transaction("2304A"))
@plays(transaction("2304"))
def settle(request: Any, call: Call) -> Record:
    """All lines that are not settled, after the discharge; an interim settlement (mid_setl_flag 1) at any time."""
    asked = content(request).get("data", {})
    visit, found = _stay(call, asked)
    if asked.get("mid_setl_flag") != "1":
        _must_be(visit, Visit.State.LEFT, "还没有办理出院（2402），不能结算")
    settlement = settled(call, visit, found, asked)
    note(call, settlement)
    return told(request, visit, settlement)


@plays(transaction("2305"))
def take_back(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit = visit_of(call, asked, Visit.Kind.INPATIENT)
    settlement = settlement_of(visit, asked)
    must_be_last(visit, settlement)
    return undone(request, call, visit, settlement)


def must_be_last(visit: Visit, settlement: Settlement) -> None:
    """Interim settlements end in the reverse order."""
    if _settlements(visit).filter(pk__gt=settlement.pk).exists():
        raise Refuse("7308", "该结算之后还有结算，请先撤销最后一次结算")


def _stay(call: Call, asked: Content) -> tuple[Visit, list[Line]]:
    visit = visit_of(call, asked, Visit.Kind.INPATIENT)
    entitled(call, visit.insured, asked.get("insutype"), call.code)
    if asked.get("insutype") != visit.insurance.insutype:
        raise Refuse("7003", "险种与入院登记时不一致")
    found = list(visit.lines.filter(settlement=None).order_by("pk"))
    if _settlements(visit).filter(is_interim=False).exists():
        raise Refuse("7304", "该住院已经结算")
    if not found:
        raise Refuse("7301", "该住院没有未结算的费用明细")
    return visit, found


def _must_be(visit: Visit, state: str, otherwise: str) -> None:
    if visit.state != state:
        raise Refuse("7109", otherwise)


def _settlements(visit: Visit) -> QuerySet[Settlement]:
    return visit.settlements.filter(state=Settlement.State.LIVE)


def _live(call: Call, visit: Visit, *codes: str) -> Any:
    found = call.live(codes[0]).filter(detail__mdtrt_id=visit.mdtrt_id)
    for code in codes[1:]:
        found |= call.live(code).filter(detail__mdtrt_id=visit.mdtrt_id)
    return found


def _note(call: Call, visit: Visit, *, undoes: Any = None, rows: int = 0, lines: Any = None, **amounts: Any) -> None:
    detail: Mapping[str, Any] = {"psn_no": visit.insured.psn_no, "mdtrt_id": visit.mdtrt_id}
    call.effect(
        visit.mdtrt_id, rows=rows, undoes=undoes, detail={**detail, **({"lines": lines} if lines else {})}, **amounts
    )
