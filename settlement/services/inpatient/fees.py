"""Charges of a stay as they arrive: judged together, kept until they are sent; before that they may be deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from settlement.actions import FEES_DROPPED, FEES_TAKEN
from settlement.models import FeeLine, LineState, Visit
from settlement.rules.amounts import ZERO, Charge, charge_faults
from settlement.rules.inpatient import MOST_LINES, Refunding, refund_faults, why_not_charge
from settlement.services.inpatient.scenes import refuse
from settlement.services.lines import LineGiven, as_given, store_lines
from settlement.services.refusals import Refused
from settlement.services.steps import locked

#: What a line takes from the stay when nobody says otherwise.
DEFAULTS = ("department_code", "department_name", "doctor_code", "doctor_name")


@atomic
def add_lines(visit: Visit, given: Sequence[LineGiven], *, by: Member) -> list[FeeLine]:
    """Keep these lines for the next upload, all or none.

    Raises Refused with every fault (`lines.<n>.<field>`, both values): codes, amounts, numbers twice, refunds of
    nothing, times outside the stay.
    """
    visit = locked(visit)
    refuse(why_not_charge, visit)
    if not 1 <= len(given) <= MOST_LINES:
        raise Refused(f"一次 1 至 {MOST_LINES:,} 条费用明细，这里有 {len(given):,} 条", field="lines")
    if faults := [*_timed(visit, given), *_refunded(visit, given)]:
        raise Refused.of([*_charged(given), *faults])
    made = store_lines(visit, None, [_completed(visit, one) for one in given])
    total = sum((one.amount for one in made), ZERO)
    record(FEES_TAKEN, visit, by=by, number=visit.number, count=len(made), total=f"{total:.2f}")
    return made


def preview_lines(visit: Visit, given: Sequence[LineGiven]) -> list[tuple[int, str, str]]:
    """What would be wrong with them, as (index, field, sentence); nothing is kept."""
    found = [*_missing(given), *_charged(given), *_timed(visit, given), *_refunded(visit, given)]
    return [(int(where.split(".")[1]), where.split(".")[-1], sentence) for where, sentence in found]


def _missing(given: Sequence[LineGiven]) -> list[tuple[str, str]]:
    labels = (("own_code", "机构项目编码"), ("item_code", "医疗目录编码"))
    return [
        (f"lines.{n}.{name}", f"第 {n + 1} 行：请填写{label}")
        for n, one in enumerate(given)
        for name, label in labels
        if not getattr(one, name)
    ]


def _completed(visit: Visit, given: LineGiven) -> LineGiven:
    missing = {name: getattr(visit, name) for name in DEFAULTS if not getattr(given, name)}
    return replace(given, occurred_at=given.occurred_at or timezone.now(), **missing)


def _charged(given: Sequence[LineGiven]) -> list[tuple[str, str]]:
    charges = [Charge(one.number or f"+{n}", one.quantity, one.price, one.sum) for n, one in enumerate(given)]
    found = charge_faults(charges)
    return [(one.field, one.sentence) for one in found if one.field not in ("total", "lines")]


def _timed(visit: Visit, given: Sequence[LineGiven]) -> list[tuple[str, str]]:
    """By days, as centres look at it."""
    first = timezone.localtime(visit.started_at).date()
    last = timezone.localtime(visit.ended_at or timezone.now()).date()
    found = []
    for n, one in enumerate(given):
        if one.occurred_at and not first <= (on := timezone.localtime(one.occurred_at).date()) <= last:
            sentence = f"第 {n + 1} 行：费用时间 {on} 不在住院期间（{first} 至 {last}）"
            found.append((f"lines.{n}.occurred_at", sentence))
    return found


def _refunded(visit: Visit, given: Sequence[LineGiven]) -> list[tuple[str, str]]:
    fresh = [Refunding(one.number or f"+{n}", one.initial_number, one.sum) for n, one in enumerate(given)]
    if all(one.amount >= 0 for one in fresh):
        return []
    return [(f"lines.{n}.{name}", text) for n, name, text in refund_faults(fresh, refundings(visit))]


def refundings(visit: Visit) -> Mapping[str, Refunding]:
    """The lines of the stay that are not taken back, by number, as refunds look at them."""
    rows = FeeLine.objects.filter(visit=visit).exclude(state=LineState.REMOVED)
    return {row[0]: Refunding(*row) for row in rows.values_list("number", "initial_number", "amount")}


@atomic
def drop_lines(visit: Visit, chosen: Collection[str], *, by: Member) -> int:
    """Delete lines that are not sent, by their keys; how many. Raises Refused when one of them is."""
    visit = locked(visit)
    refuse(why_not_charge, visit)
    rows = FeeLine.objects.filter(visit=visit, pk__in=chosen)
    if rows.exclude(state=LineState.DRAFT).exists():
        raise Refused("其中有已上传的明细，请用“撤销上传”")
    count = rows.count()
    rows.delete()
    record(FEES_DROPPED, visit, by=by, number=visit.number, count=count)
    return count


@atomic
def charge_again(visit: Visit, chosen: Collection[str], *, by: Member) -> list[FeeLine]:
    """Taken back lines once more, under new numbers: a number that the centre had is never used again."""
    rows = list(FeeLine.objects.filter(visit=visit, pk__in=chosen, state=LineState.REMOVED).order_by("number"))
    if not rows:
        raise Refused("没有选择已撤销的明细")
    if any(one.amount < 0 for one in rows):
        raise Refused("退费明细请重新录入，并填写新的原费用流水号")
    return add_lines(visit, [LineGiven(**as_given(one) | {"number": ""}) for one in rows], by=by)


def waiting(visit: Visit) -> QuerySet[FeeLine]:
    """What is to be sent, charges before refunds, in the order in which they came."""
    rows = FeeLine.objects.filter(visit=visit, state=LineState.DRAFT)
    return rows.annotate(is_refund=Q(amount__lt=0)).order_by("is_refund", "created_at", "number")
