"""2601: a message of the same party and person is as if it had never come. It has no output: a query proves it.

It goes by the ledger: `omsgid` and `oinfno` must be an effect there. While the original is still under way there is
none, so it is refused as not found, and the original takes effect when it arrives.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import answer
from settlement.sandbox.centre import content, person_of
from settlement.sandbox.inpatient import must_be_last, not_admitted
from settlement.sandbox.models import Insured, Line, Settlement, Visit
from settlement.sandbox.options import Options
from settlement.sandbox.paying import TOLD, restored, taken_back

UNDOINGS = ("2103", "2208", "2305")


@plays(transaction("2601"))
def reverse(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"), locked=True)
    omsgid, oinfno = str(asked.get("omsgid", "")), str(asked.get("oinfno", ""))
    if oinfno == "2601":
        raise Refuse("7604", "不支持冲正的冲正")
    if oinfno not in Options.of(call.party).reversible:
        raise Refuse("7602", f"交易 {oinfno} 不支持冲正")
    original = Effect.objects.filter(party=call.party, nonce=omsgid, code=oinfno).first()
    if original is None:
        raise Refuse("7601", f"没有找到原交易 {oinfno}，报文ID {omsgid}")
    if original.detail.get("psn_no") != person.psn_no:
        raise Refuse("7605", "原交易不是这个参保人的")
    if original.undone_by is not None:
        raise Refuse("7603", "原交易已经撤销或冲正")
    amounts = _as_never(call, person, original)
    call.effect(
        original.business_key,
        undoes=_ended(original),
        detail={**original.detail, "omsgid": omsgid, "oinfno": oinfno},
        **amounts,
    )
    if oinfno in UNDOINGS:
        # What had been undone lives again, so nothing undoes it any more.
        Effect.objects.filter(party=call.party, undone_by=original).update(undone_by=None)
    return answer(request)


def _ended(original: Effect) -> QuerySet[Effect]:
    """The effects that end: the original, and with an admission its changes."""
    found = Q(pk=original.pk)
    if original.code == "2401":
        found |= Q(party=original.party, code="2403", detail__mdtrt_id=original.detail["mdtrt_id"])
    return Effect.objects.filter(found)


def _as_never(call: Call, person: Insured, original: Effect) -> dict[str, Any]:
    """Put the state back; returns the amounts that go with it."""
    visit = Visit.objects.select_related("insurance").get(mdtrt_id=original.detail["mdtrt_id"])
    visit.insured, visit.party = person, call.party
    if original.code == "2401":
        if visit.state == Visit.State.UNDONE:
            raise Refuse("7603", "原交易已经撤销或冲正")
        not_admitted(call, visit)
        return {}
    settlement = Settlement.objects.select_for_update().get(setl_id=original.detail["setl_id"])
    settlement.visit = visit
    if original.code in UNDOINGS:
        restored(settlement)
        if visit.kind == Visit.Kind.PHARMACY:
            visit.state = Visit.State.OPEN
            visit.save(update_fields=["state"])
        return {name: getattr(settlement, name) for name in TOLD}
    if visit.kind == Visit.Kind.INPATIENT:
        must_be_last(visit, settlement)
    taken_back(call, settlement, Settlement.State.REVERSED)
    if visit.kind == Visit.Kind.PHARMACY:
        Line.objects.filter(visit=visit).delete()
        visit.state = Visit.State.UNDONE
        visit.save(update_fields=["state"])
    return {name: -getattr(settlement, name) for name in TOLD}
