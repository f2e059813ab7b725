"""Fee items and advices from an Excel file: read, looked at row by row, then taken like any other delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from injury.actions import FEE_FILE_READ
from injury.models import Admission, ArrivalFile, ArrivalState, Content, Source
from injury.services.advices import AdviceDelivery, judge_advices
from injury.services.fee_arrival import MOST, Arrival, preview, take_fees
from injury.services.fee_judging import Delivery, refuse_when_closed
from injury.services.fee_sheets import Sheet, read_sheet
from injury.services.refusals import Refused
from injury.services.steps import locked
from portal.access.member import Member
from portal.audit import record


@dataclass(frozen=True)
class CellFault:
    """What is wrong in the file: Excel's row, the column's name, the reason."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Look:
    """What taking a file would do; for advices `fees` is empty, and the other way round."""

    file: ArrivalFile
    fees: Delivery
    advices: AdviceDelivery

    @cached_property
    def faults(self) -> list[CellFault]:
        """In the order of the file."""
        numbers = self.file.numbers
        wrong = (*self.advices.faults, *self.fees.faults)
        return sorted(
            (CellFault(numbers[one.index], one.label, one.sentence) for one in wrong), key=lambda one: one.row
        )

    @property
    def faulty(self) -> int:
        """Rows at fault."""
        return len({fault.row for fault in self.faults})

    @property
    def good(self) -> int:
        """Rows that would change something."""
        return len(self.fees.items) + len(self.advices.new) + len(self.advices.changed)

    @property
    def same(self) -> int:
        """Rows that are here already."""
        return len(self.fees.repeated) + len(self.advices.same)

    @property
    def charged(self) -> Decimal:
        return sum((item.amount for item in self.fees.items if item.amount > 0), Decimal())

    @property
    def refunded(self) -> Decimal:
        return sum((item.amount for item in self.fees.items if item.amount < 0), Decimal())


def read_file(admission: Admission, content: str, name: str, lines: Sequence[Sheet], *, by: Member) -> ArrivalFile:
    """Keep the rows of a file beside the admission without taking them; an earlier file that waits is forgotten.

    Raises Refused with the columns that are missing, or when the admission is closed.
    """
    refuse_when_closed(admission)
    read = read_sheet(lines, content)
    if len(read.rows) > MOST:
        raise Refused(f"一次最多导入 {MOST:,} 行，请分成几个文件", "file")
    ArrivalFile.objects.filter(admission=admission, content=content, state=ArrivalState.PREVIEW).delete()
    made = ArrivalFile.objects.create(
        environment=admission.environment,
        admission=admission,
        content=content,
        name=name[-200:],
        rows=read.rows,
        numbers=read.numbers,
        count=len(read.rows),
        uploaded_as=by.label[:100],
    )
    what = str(Content(content).label)
    record(FEE_FILE_READ, admission, by=by, admission=admission.number, content=what, file=made.name, count=made.count)
    return made


def look_at(file: ArrivalFile) -> Look:
    """What taking it now would do; raises Refused when the admission is closed."""
    if file.content == Content.ADVICES:
        return Look(file, Delivery(0), judge_advices(file.admission, file.rows))
    return Look(file, preview(file.admission, file.rows), AdviceDelivery(0))


def take_file(file: ArrivalFile, *, by: Member, partial: bool) -> Arrival:
    """Take the rows; with `partial` those in order, otherwise all or none.

    Raises Refused when it was taken before, LinesRefused naming every fault.
    """
    locked(file.admission)
    file = ArrivalFile.objects.select_for_update(of=("self",)).select_related("admission").get(pk=file.pk)
    if file.state != ArrivalState.PREVIEW:
        raise Refused("这个文件已经导入过了")
    given: dict[str, Any] = {"lines": [], "advices": []}
    given["lines" if file.content == Content.FEES else "advices"] = file.rows
    arrival = take_fees(file.admission, by=by, source=Source.EXCEL, partial=partial, **given)
    file.state, file.taken_at, file.rows, file.numbers = ArrivalState.TAKEN, timezone.now(), [], []
    file.save(update_fields=["state", "taken_at", "rows", "numbers"])
    return arrival
