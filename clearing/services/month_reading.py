"""Reading one part of the centre's months beside what is shown, and putting it in its place when it is complete."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Max, Sum, Value, When
from django.utils import timezone

from clearing import messages as wire
from clearing.messages import INSUTYPE_OF, PAGE, QueryMonthlyDetail, QueryMonthlySummary
from clearing.models import Month, MonthKind, MonthlyDetail, MonthRead, MonthTotal, Scope
from clearing.models.month import ReadState
from clearing.services.scopes import locked
from portal.access.member import Member
from portal.codes import code_list
from portal.gateway.journal import Ask
from portal.jobs import Job
from portal.jobs.models import LIVE
from portal.vault import mask_identity, mask_name
from portal.vault.inserting import insert_rows

#: More pages than this are no answer but a fault of the other side.
PAGES = 10_000
#: Rows removed in one transaction.
PIECE = 5_000
Door = Callable[[], AbstractContextManager[None]]
#: Hears how many rows are here, and how many there will be.
Say = Callable[[int, int], None]
#: Rows of the centre, and how many it announced in all.
Pages = Iterator[tuple[list[Any], int]]


class Unsettled(Exception):
    """The centre's answers do not fit together; what was there before is still shown."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Part:
    """What one series of pages holds: an agency's visit type in some months. Replaced as a whole or not at all."""

    kind: MonthKind
    scope: Scope
    visit_type: str
    months: tuple[int, ...]

    def __str__(self) -> str:
        visit = code_list("clearing.akc191").label(self.visit_type)
        return f"{self.scope.agency_label} {visit}{f' {self.months[0]} 月' if len(self.months) == 1 else ''}"

    @property
    def cells(self) -> dict[str, Any]:
        """Conditions on the readings of this part."""
        return {
            **self.scope.fields(),
            "kind": self.kind,
            "visit_type": self.visit_type,
            "month__in": self.months,
        }


def done_by(job: UUID) -> set[Part]:
    """The parts that a job finished before it was interrupted."""
    reads = MonthRead.objects.filter(job=job, state=ReadState.CURRENT).order_by("month")
    found: dict[tuple[MonthKind, Scope, str], list[int]] = {}
    for read in reads:
        found.setdefault((MonthKind(read.kind), read.scope, read.visit_type), []).append(read.month)
    whole = {Part(kind, scope, visit, tuple(months)) for (kind, scope, visit), months in found.items()}
    return whole | {Part(part.kind, part.scope, part.visit_type, (month,)) for part in whole for month in part.months}


def read_part(
    part: Part,
    *,
    ask: Ask,
    door: Door,
    say: Say = lambda count, total: None,
    job: UUID | None = None,
    reader: Member | None = None,
    size: int = PAGE,
) -> int:
    """Read all pages of the part, then show them instead of what was there; how many rows.

    Outside any transaction; who asked for it records that. Raises Unsettled when the centre's data changed while they
    were read, twice; then, and after any other error, what was shown before is shown still.
    """
    with door():
        _clear_away(part, job)
    for _ in range(2):
        with door():
            reads = _begun(part, job, reader)
        try:
            counts = _store(part, reads, _pages(part, ask, size), door=door, say=say)
        except BaseException:
            with door():
                _end(reads)
            raise
        with door():
            if counts is not None:
                _show(part, reads, counts)
            else:
                _end(reads)
        _sweep(part, door)
        if counts is not None:
            return sum(counts.values())
    raise Unsettled(f"{part}：医保中心的月结数据在获取期间有变动，原有数据保持不变，请稍后重新获取")


def _begun(part: Part, job: UUID | None, reader: Member | None) -> dict[int, MonthRead]:
    now = timezone.now()
    reads = {
        month: MonthRead(
            environment=part.scope.environment,
            year=part.scope.year,
            insurance=part.scope.insurance,
            agency=part.scope.agency,
            kind=part.kind,
            visit_type=part.visit_type,
            month=month,
            job=job,
            fetched_at=now,
            fetched_by=reader.user if reader else None,
            fetched_label=reader.label[:100] if reader else "",
        )
        for month in part.months
    }
    MonthRead.objects.bulk_create(reads.values())
    return reads


def _store(part: Part, reads: dict[int, MonthRead], pages: Pages, *, door: Door, say: Say) -> Counter[int] | None:
    """Every page into its rows, a transaction each; None when the pages do not make one whole."""
    counts: Counter[int] = Counter()
    totals: set[int] = set()
    ids: set[str] = set()
    for answers, total in pages:
        with door():
            made = [_row(part, reads, answer) for answer in answers]
            ids.update(row.detail_id for row in made if isinstance(row, MonthlyDetail))
            counts.update(row.month for row in made)
            totals.add(total)
            if len(totals) > 1 or counts.total() > total or (ids and len(ids) != counts.total()):
                return None
            insert_rows(made)
        say(counts.total(), total)
    return counts if totals == {counts.total()} else None


def _pages(part: Part, ask: Ask, size: int) -> Pages:
    """Rows and the announced total, page after page (6.1, 6.2)."""
    kind: Any = QueryMonthlySummary if part.kind == MonthKind.SUMMARY else QueryMonthlyDetail
    month = f"{part.months[0]:02d}" if len(part.months) == 1 else None
    seen = 0
    for number in range(1, PAGES):
        answer = ask(
            kind(
                year=str(part.scope.year),
                insutype=INSUTYPE_OF[part.scope.insurance],
                qsjg00=part.scope.agency,
                akc191=part.visit_type,
                month=month,
                page=number,
                size=size,
            )
        )
        yield answer.rows, answer.total
        seen += len(answer.rows)
        if seen >= answer.total or not answer.rows:
            return


def _row(part: Part, reads: dict[int, MonthRead], answer: Any) -> Month | MonthlyDetail:
    """One answered line as our row, of the reading of its month."""
    month = int(answer.month) if answer.month.isdigit() else 0
    if month not in reads or answer.akc191 != part.visit_type:
        raise Unsettled(f"{part}：医保中心返回了查询范围以外的月结数据，原有数据保持不变")
    common = {
        "environment": part.scope.environment,
        "year": part.scope.year,
        "insurance": part.scope.insurance,
        "agency": part.scope.agency,
        "visit_type": part.visit_type,
        "month": month,
        "read": reads[month],
        "provider_code": answer.medins_code,
        "provider_name": answer.medins_name,
        "region": answer.insu_admdvs,
        "clearing_type": answer.clr_type,
        "medical_fee": answer.medfee_sumamt,
        "fund_due": answer.fund_due_amt,
        "monthly_paid": answer.monthly_paid_amt,
    }
    if part.kind == MonthKind.SUMMARY:
        return Month(**common, visit_count=answer.visit_count, fetched_at=reads[month].fetched_at)
    return MonthlyDetail(**common, **_settlement(answer))


def _settlement(answer: wire.MonthlyDetailRow) -> dict[str, Any]:
    return {
        "detail_id": answer.detail_id,
        "settlement_no": answer.setl_id,
        "settled_on": day(answer.setl_date),
        "person_name": answer.psn_name or None,
        "person_name_masked": mask_name(answer.psn_name),
        "certno": answer.certno or None,
        "certno_masked": mask_identity(answer.certno),
    }


def day(text: str) -> date | None:
    """A date of the wire; None for what is none."""
    try:
        return date.fromisoformat(text.replace("/", "-")[:10])
    except ValueError:
        return None


def _show(part: Part, reads: dict[int, MonthRead], counts: Counter[int]) -> None:
    """The new readings count from now on, all of them at once; the year's lock keeps two fetches apart."""
    locked(part.scope)
    MonthRead.objects.filter(**part.cells, state=ReadState.CURRENT).update(state=ReadState.OVER)
    shown = MonthRead.objects.filter(pk__in=[read.pk for read in reads.values()], state=ReadState.READING)
    counted = Case(*(When(month=month, then=Value(counts[month])) for month in reads))
    if shown.update(state=ReadState.CURRENT, count=counted) != len(reads):
        raise Unsettled(f"{part}：另一个获取任务已接手，原有数据保持不变")
    if part.kind == MonthKind.SUMMARY:
        _add_up(part)


def _add_up(part: Part) -> None:
    """The year's totals of the months that are shown now, for everything that compares them with the year."""
    where = {**part.scope.fields(), "visit_type": part.visit_type}
    MonthTotal.objects.filter(**where).delete()
    keys = ("provider_code", "region", "clearing_type")
    found = Month.objects.filter(**where, read__state=ReadState.CURRENT).order_by().values(*keys)
    sums = found.annotate(
        **{f"sum_{name}": Sum(name) for name in ("visit_count", "medical_fee", "fund_due", "monthly_paid")},
        name=Max("provider_name"),
        seen=Sum(2 ** (F("month") - 1), distinct=True, output_field=IntegerField()),
    )
    insert_rows(
        [
            MonthTotal(
                **where,
                **{name: one[name] for name in keys},
                provider_name=one["name"],
                visit_count=one["sum_visit_count"],
                medical_fee=one["sum_medical_fee"],
                fund_due=one["sum_fund_due"],
                monthly_paid=one["sum_monthly_paid"],
                months=one["seen"],
            )
            for one in sums
        ]
    )


def _end(reads: dict[int, MonthRead]) -> None:
    MonthRead.objects.filter(pk__in=[read.pk for read in reads.values()]).update(state=ReadState.OVER)


def _clear_away(part: Part, job: UUID | None) -> None:
    """What a runner that is no more left half read is over."""
    reads = MonthRead.objects.filter(**part.cells, state=ReadState.READING)
    alive = set(Job.objects.filter(pk__in=reads.values("job"), state__in=LIVE).values_list("pk", flat=True)) - {job}
    reads.exclude(job__in=alive).update(state=ReadState.OVER)


def _sweep(part: Part, door: Door) -> None:
    """Remove the rows of readings that are over, in short transactions."""
    model: Any = Month if part.kind == MonthKind.SUMMARY else MonthlyDetail
    while True:
        with door():
            over = MonthRead.objects.filter(**part.cells, state=ReadState.OVER)
            ids = list(over.values_list("pk", flat=True))
            piece = model.objects.filter(read__in=ids).values("pk")[:PIECE]
            gone, _ = model.objects.filter(pk__in=piece).delete()
            if not gone:
                over.filter(pk__in=ids).delete()
                return
