"""Fee items arrive: by the API, by Excel or typed on a page, all through `take_fees`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.actions import FEES_ARRIVED
from injury.models import Admission, Source
from injury.rules.fee_lines import Fault
from injury.services.advices import AdviceDelivery, judge_advices, store_advices
from injury.services.fee_judging import Delivery, judge, refuse_when_closed
from injury.services.refusals import Refused
from injury.services.steps import locked
from portal.access.door import required_institution
from portal.access.member import Member
from portal.audit import record
from portal.vault.inserting import insert_rows

#: Lines in one delivery.
MOST = 5_000
NAMED = 20


class LinesRefused(Refused):
    """Lines of a delivery are wrong and nothing was stored; `lines` has every fault of all of them."""

    def __init__(self, lines: Sequence[Fault], count: int) -> None:
        self.lines = list(lines)
        wrong = len({fault.index for fault in lines})
        super().__init__(
            f"{count} 行中有 {wrong} 行、{len(self.lines)} 处不符合要求，没有保存任何一行",
            "fees",
            [(fault.field, str(fault)) for fault in self.lines[:NAMED]],
        )

    @property
    def is_conflict(self) -> bool:
        """Whether the lines are in order, only known with other content."""
        return all(fault.is_conflict for fault in self.lines)


@dataclass(frozen=True)
class Arrival:
    """What became of a delivery: `fees.items` are stored; with `partial`, `fees.faults` are those left out."""

    fees: Delivery
    advices: AdviceDelivery

    @property
    def amount(self) -> Decimal:
        return self.fees.amount


def take_fees(
    admission: Admission,
    lines: Sequence[Mapping[str, Any]],
    *,
    by: Member,
    source: Source,
    advices: Sequence[Mapping[str, Any]] = (),
    partial: bool = False,
) -> Arrival:
    """Store new fee items of one admission (rules: injury.rules), advices that come with them first.

    The same line again has no effect. Raises LinesRefused naming every fault, unless `partial`: then what is in order
    is stored. Raises Refused when the admission is closed, or there is nothing, or too much, to take.
    """
    if not lines and not advices:
        raise Refused("没有费用明细", "fees")
    if len(lines) > MOST or len(advices) > MOST:
        raise Refused(f"一次最多 {MOST:,} 行，请分批提交", "fees")
    admission = locked(admission)
    refuse_when_closed(admission)
    ordered = judge_advices(admission, advices)
    found = judge(admission, lines, advices=ordered.numbers)
    if (found.faults or ordered.faults) and not partial:
        raise LinesRefused([*ordered.faults, *found.faults], len(lines) + len(advices))
    store_advices(admission, ordered, by=by, source=source)
    store(admission, found, by=by, source=source)
    return Arrival(found, ordered)


def store(admission: Admission, found: Delivery, *, by: Member, source: Source) -> None:
    """Write the new items of a delivery, all with one time of arrival."""
    if not found.items:
        return
    institution, now, label = required_institution(), timezone.now(), by.label[:100]
    for item in found.items:
        item.institution_id = institution
        item.source, item.arrived_as, item.arrived_at = source, label, now
    insert_rows(found.items)
    record(
        FEES_ARRIVED,
        admission,
        by=by,
        admission=admission.number,
        source=source.label,
        count=len(found.items),
        amount=f"{found.amount:f}",
        held=len(found.held),
    )


def preview(admission: Admission, lines: Sequence[Mapping[str, Any]], *, advices: Iterable[str] = ()) -> Delivery:
    """What taking these lines would do, without doing it; raises Refused when the admission is closed."""
    refuse_when_closed(admission)
    return judge(admission, lines, advices=advices)
