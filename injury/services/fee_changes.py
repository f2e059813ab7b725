"""What a person may still change of a fee item that is not at the centre: correct it, drop it, bring it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from injury.actions import FEE_CORRECTED, FEES_DROPPED, FEES_LOOKED_AGAIN, FEES_RELEASED, FEES_RESTORED
from injury.models import Admission, Advice, FeeItem, FeeState, HeldKind
from injury.models.fee import NO_ADVICE
from injury.rules.fee_lines import NAMES, Fault, Line, check_lines, differences, digest
from injury.rules.refunds import Left
from injury.services.fee_arrival import LinesRefused
from injury.services.fee_holding import Charged, look_again, sort_out
from injury.services.fee_judging import SAID, ledger_of, refuse_when_closed, scene_of
from injury.services.refusals import Refused
from injury.services.steps import locked
from portal.access.member import Member
from portal.audit import record

#: What a refund is measured by: a charge that something was given back of keeps these.
MEASURE = ("own_code", "price", "quantity", "amount")
NAMED = 10


def line_of(item: FeeItem) -> dict[str, Any]:
    """A stored item as a delivery would say it, for a form or a comparison."""
    return {name: getattr(item, name) for name in SAID} | {"refunds": item.refunds.line_id if item.refunds else ""}


def correct_fee(item: FeeItem, said: Mapping[str, Any], *, by: Member) -> FeeItem:
    """The item with other content, by the same rules as a new one; it keeps its number.

    Raises LinesRefused naming the fields, Refused when it has gone to the centre meanwhile.
    """
    admission, item = _held(item)
    lines, faults = check_lines([{**said, "line_id": item.line_id}], scene_of(admission))
    line = lines[0]
    if line is None:
        raise LinesRefused(faults, 1)
    before = Line(**line_of(item))
    _refuse_new_measure(item, before, line)
    _refuse_unknown_advice(admission, line)
    charge = _charge(admission, item, line) if line.is_refund else None
    changes = differences(before, line, NAMES)
    if not changes:
        return item
    for name in SAID:
        setattr(item, name, getattr(line, name))
    item.refunds_id = charge.pk if charge else None
    item.digest, item.corrected_at = digest(line), timezone.now()
    item.save(update_fields=[*SAID, "refunds", "digest", "corrected_at"])
    item.held_kind = ""  # what the centre refused may go again, with other content
    sort_out([item])
    _sort_refunds_of([item])
    record(FEE_CORRECTED, item, by=by, admission=admission.number, line=item.line_id, what=changes)
    return item


def drop_fees(items: Iterable[FeeItem], reason: str, *, by: Member) -> int:
    """Items that will not be uploaded after all; how many. They stay in sight and may come back.

    Raises Refused when one has gone to the centre, or is a charge that something was given back of.
    """
    if len(reason.strip()) < 2:
        raise Refused("请写明不上传的理由", "reason")
    with transaction.atomic():  # all of them or none, though a page catches the refusal
        return sum(_drop(admission, chosen, reason, by) for admission, chosen in _by_admission(items))


def _drop(admission: Admission, items: list[FeeItem], reason: str, by: Member) -> int:
    if fixed := [item for item in items if not item.may_change]:
        said = f"费用 {fixed[0].line_id} {fixed[0].get_state_display()}，不能撤下"
        raise Refused(said).about(item.pk for item in fixed)
    gone = {item.pk for item in items}
    live = FeeItem.objects.filter(refunds__in=gone).exclude(state=FeeState.DROPPED).exclude(pk__in=gone)
    if refunds := list(live.select_related("refunds")):
        number = refunds[0].refunds.line_id if refunds[0].refunds else ""
        said = f"费用 {number} 已有退费 {refunds[0].line_id}，请先撤下退费"
        raise Refused(said).about(refund.refunds_id for refund in refunds)
    _refuse_overdrawn(admission, items)
    FeeItem.objects.filter(pk__in=gone).update(
        state=FeeState.DROPPED, held_kind="", held_because=f"不上传：{reason.strip()}"[:300]
    )
    record(FEES_DROPPED, admission, by=by, admission=admission.number, reason=reason, **_named(items))
    return len(items)


def restore_fees(items: Iterable[FeeItem], *, by: Member) -> int:
    """Items that were dropped wait again, or are held with the reason; how many.

    Raises Refused when a refund would now give back too much.
    """
    with transaction.atomic():
        return sum(_restore(admission, chosen, by) for admission, chosen in _by_admission(items))


def _restore(admission: Admission, items: list[FeeItem], by: Member) -> int:
    refuse_when_closed(admission)
    for item in sorted(items, key=lambda one: one.is_refund):
        if item.state != FeeState.DROPPED:
            raise Refused(f"费用 {item.line_id} {item.get_state_display()}，没有撤下过")
        if item.is_refund:
            item.refunds = None if (charge := _charge(admission, item, Line(**line_of(item)))) is None else charge
        item.state, item.held_kind, item.held_because = FeeState.WAITING, "", ""
        item.save(update_fields=["state", "held_kind", "held_because", "refunds"])
    sort_out(items)
    record(FEES_RESTORED, admission, by=by, admission=admission.number, **_named(items))
    return len(items)


def release_fees(items: Iterable[FeeItem], *, by: Member) -> int:
    """Items that the centre refused may be sent as they are; how many. Raises Refused for others."""
    with transaction.atomic():
        return sum(_release(admission, chosen, by) for admission, chosen in _by_admission(items))


def _release(admission: Admission, items: list[FeeItem], by: Member) -> int:
    refuse_when_closed(admission)
    for item in items:
        if item.state != FeeState.HELD or item.held_kind != HeldKind.REFUSED:
            raise Refused(f"费用 {item.line_id} 不是中心拒绝的：{item.held_because or item.get_state_display()}")
        item.state, item.held_kind, item.held_because = FeeState.WAITING, "", ""
    FeeItem.objects.bulk_update(items, ["state", "held_kind", "held_because"])
    sort_out(items)
    record(FEES_RELEASED, admission, by=by, admission=admission.number, **_named(items))
    return len(items)


def look_at_admission(admission: Admission, *, by: Member | None) -> tuple[int, int]:
    """(released, held anew) of one admission's items, looked at again now."""
    released, held = look_again(locked(admission))
    if released or held:
        record(FEES_LOOKED_AGAIN, admission, by=by, released=released, held=held)
    return released, held


def _held(item: FeeItem) -> tuple[Admission, FeeItem]:
    """The item as it is now, with its admission's lock; raises Refused when it may not be changed any more."""
    admission = locked(item.admission)
    item = FeeItem.objects.select_related("refunds").get(pk=item.pk)
    refuse_when_closed(admission)
    if not item.may_change:
        raise Refused(f"费用 {item.line_id} {item.get_state_display()}，不能更正；已上传的请退费后重新录入")
    return admission, item


def _by_admission(items: Iterable[FeeItem]) -> list[tuple[Admission, list[FeeItem]]]:
    """The items as they are now, admissions locked in one order: two people never wait for each other."""
    ids: dict[Any, list[Any]] = {}
    for item in items:
        ids.setdefault(item.admission_id, []).append(item.pk)
    found = []
    for pk in sorted(ids, key=str):
        admission = locked(Admission(pk=pk))
        rows = FeeItem.objects.select_related("refunds").filter(pk__in=ids[pk]).order_by("id")
        found.append((admission, list(rows)))
    return found


def _refuse_new_measure(item: FeeItem, before: Line, after: Line) -> None:
    if before.is_refund != after.is_refund:
        fault = Fault(0, item.line_id, "amount", "收费不能改为退费，退费不能改为收费；请撤下后重新录入")
        raise LinesRefused([fault], 1)
    if before.is_refund or not differences(before, after, MEASURE):
        return
    refund = FeeItem.objects.filter(refunds=item).exclude(state=FeeState.DROPPED).first()
    if refund is not None:
        sentence = f"已有退费 {refund.line_id}，内码、单价、数量和金额不能再改；请先撤下退费"
        raise LinesRefused([Fault(0, item.line_id, "quantity", sentence)], 1)


def _refuse_unknown_advice(admission: Admission, line: Line) -> None:
    if line.advice_no != NO_ADVICE and not Advice.objects.filter(admission=admission, number=line.advice_no).exists():
        sentence = f"没有医嘱 {line.advice_no}；无法关联医嘱的填 999（81033）"
        raise LinesRefused([Fault(0, line.line_id, "advice_no", sentence)], 1)


def _charge(admission: Admission, item: FeeItem, line: Line) -> FeeItem | None:
    """The charge that this refund gives back; raises LinesRefused when there is not enough left."""
    ledger, here = ledger_of(admission, {line.own_code}, {line.refunds}, without=[item.pk])
    number, field, sentence = ledger.take(line)
    if sentence:
        raise LinesRefused([Fault(0, line.line_id, field, sentence)], 1)
    charge = here.get(number, Charged(None, ""))
    return FeeItem.objects.get(pk=charge.pk) if charge.pk else None


def _refuse_overdrawn(admission: Admission, items: Sequence[FeeItem]) -> None:
    """Refunds that name no line stand against all charges of their item: those must stay enough."""
    codes = {item.own_code for item in items if not item.is_refund}
    if not codes:
        return
    ledger, _ = ledger_of(admission, codes, set(), without=[item.pk for item in items])
    for item in items:
        left = ledger.items.get((item.own_code, item.price), Left())
        if left.quantity < 0 or left.amount < 0:
            said = f"费用 {item.line_id} 的项目已有退费，撤下后退费将超过收费，请先撤下退费"
            raise Refused(said).about([item.pk])


def _sort_refunds_of(items: Sequence[FeeItem]) -> None:
    """Refunds wait with their charge, and are released with it."""
    sort_out(list(FeeItem.objects.filter(refunds__in=items, state__in=FeeState.here())))


def _named(items: Sequence[FeeItem]) -> dict[str, Any]:
    first = "、".join(item.line_id for item in items[:NAMED])
    return {"count": len(items), "lines": first + ("等" if len(items) > NAMED else "")}
