"""Bringing the centre's rows here, page by page in short transactions; may stop anywhere and begin again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum
from django.utils import timezone

from clearing.actions import FETCH_REQUESTED, ROWS_FETCHED
from clearing.models import (
    Application,
    ApplicationState,
    ChangeKind,
    ClearingRow,
    Generation,
    GenerationState,
    MonthKind,
    RowState,
    Scope,
)
from clearing.services.history import note, take_snapshot
from clearing.services.month_reading import Unsettled, done_by, read_part
from clearing.services.months import MonthQuery, months_due
from clearing.services.overview import live_rows
from clearing.services.reading import pages
from clearing.services.refusals import Refused
from clearing.services.scopes import locked
from clearing.services.storing import Months, Tally, mark_gone, store_page
from portal.access.member import Member
from portal.audit import record
from portal.gateway.errors import Rejected
from portal.gateway.journal import Ask
from portal.jobs import Job, start

FETCH = "clearing.fetch"
#: Rows stored in one transaction.
PIECE = 200
Door = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int | None, str], None]


def request_fetch(scope: Scope, *, by: Member) -> list[Job]:
    """Fetch the scope's rows again, also those that another program had generated; joins a running fetch.

    One job for each generation that the scope touches. Raises Refused while it is being generated or revoked.
    """
    locked(scope)
    generations = list(Generation.objects.filter(scope.overlapping(), state__in=GenerationState.live()))
    busy = [one for one in generations if one.state in (GenerationState.REQUESTED, GenerationState.REVOKING)]
    if busy:
        raise Refused(f"{busy[0].scope}{busy[0].shown_state}，完成后再获取")
    if not generations:
        adopted = Generation(
            environment=scope.environment,
            year=scope.year,
            insurance=scope.insurance,
            agency=scope.agency,
            requested_by=by.user,
            note="获取医保中心已有的数据",
        )
        adopted.save()
        generations = [adopted]
    record(FETCH_REQUESTED, None, by=by, scope=str(scope))
    return [begin_fetch(generation, by=by) for generation in generations]


def begin_fetch(generation: Generation, *, by: Member) -> Job:
    """Have a worker fetch the generation's rows."""
    Generation.objects.filter(pk=generation.pk).update(state=GenerationState.FETCHING)
    title = f"获取清算数据：{generation.scope}"
    return start(FETCH, str(generation.pk), by=by, title=title, params={"generation": str(generation.pk)})


def fetch_generation(
    generation_id: UUID, *, ask: Ask, door: Door, progress: Progress, by: Member | None = None, job: UUID | None = None
) -> Tally:
    """Fetch all rows of a generation's scope, compute its identities, and note what the centre no longer has.

    Outside any transaction; `door` opens the institution's. Errors of `ask` end it; what is stored stays.
    """
    started_at = timezone.now()
    with door():
        generation = Generation.objects.get(pk=generation_id)
    scope = generation.scope
    try:
        months = _months(scope, ask=ask, door=door, progress=progress, by=by, job=job)
        tally = _fetch_rows(generation, months, ask=ask, door=door, progress=progress)
    except Exception as error:
        with door():
            stopped(generation, getattr(error, "sentence", "") or "获取中断，已取得的数据已保存，请点“重新获取”")
        raise
    with door():
        finish(generation, tally, started_at)
    return tally


def _months(scope: Scope, *, ask: Ask, door: Door, progress: Progress, by: Member | None, job: UUID | None) -> Months:
    """Read the scope's monthly sums (6.2) and keep them; Σ of the months' amounts due, where they could be read."""
    parts, read = MonthQuery(MonthKind.SUMMARY, scope).parts(), []
    with door():
        done = done_by(job) if job else set()
    for step, part in enumerate(parts, start=1):
        try:
            if part not in done:
                read_part(part, ask=ask, door=door, job=job, reader=by)
        except Rejected:
            return {}  # a centre without monthly settlements: that identity cannot be checked, the others can
        except Unsettled:
            continue
        read.append(part)
        progress(0, None, f"读取月结汇总 {step}/{len(parts)}")
    with door():
        return months_due(read)


def _fetch_rows(generation: Generation, months: Months, *, ask: Ask, door: Door, progress: Progress) -> Tally:
    tally = Tally()
    for page in pages(ask, generation.scope):
        for first in range(0, len(page.rows), PIECE):
            with door():
                locked(generation.scope)
                piece = page.rows[first : first + PIECE]
                store_page(generation, piece, asked_at=page.asked_at, months=months, tally=tally)
            progress(tally.count, page.total, f"已获取 {tally.count} / {page.total} 条")
        tally.total = page.total
    return tally


def stopped(generation: Generation, sentence: str) -> None:
    """The fetch ended before its end: the batch is usable as far as it came, and says so."""
    Generation.objects.filter(pk=generation.pk, state=GenerationState.FETCHING).update(
        state=GenerationState.READY, note=sentence[:400]
    )


def finish(generation: Generation, tally: Tally, started_at: datetime) -> None:
    """After the last page: rows gone, totals of the batch, the application that holds the applied rows."""
    locked(generation.scope)
    generation = Generation.objects.select_for_update(of=("self",)).get(pk=generation.pk)
    complete = tally.count >= tally.total
    if complete:
        tally.gone = mark_gone(generation, started_at)
    sums = live_rows(generation.scope).aggregate(count=Count("pk"), due=Sum("fund_due"), disburse=Sum("disburse"))
    generation.count = sums["count"]
    generation.fund_due, generation.disburse = sums["due"] or 0, sums["disburse"] or 0
    generation.fetched_at = timezone.now()
    generation.note = (
        "" if complete else f"中心在获取期间有变动：应有 {tally.total} 条，取得 {tally.count} 条，请重新获取"
    )
    if generation.state == GenerationState.FETCHING:
        generation.state = GenerationState.READY if generation.count else GenerationState.REVOKED
        if not generation.count:
            generation.note = "医保中心没有这个范围的清算数据"
    generation.save(update_fields=["count", "fund_due", "disburse", "fetched_at", "note", "state"])
    for application in Application.objects.filter(
        generation.scope.overlapping(), state__in=ApplicationState.held()
    ).exclude(agency=""):
        strays = ClearingRow.objects.filter(**application.scope.fields(), state=RowState.APPLIED, application=None)
        approved = application.state == ApplicationState.APPROVED
        if approved:
            note(strays, ChangeKind.APPROVED, after=str(RowState.APPROVED.label))
        strays.update(application=application, state=RowState.APPROVED if approved else RowState.APPLIED)
    take_snapshot(
        generation,
        started_at=started_at,
        added=tally.added,
        changed=tally.changed,
        gone=tally.gone,
        complete=complete,
    )
    record(
        ROWS_FETCHED,
        generation,
        by=None,
        scope=str(generation.scope),
        count=tally.count,
        added=tally.added,
        changed=tally.changed,
        gone=tally.gone,
    )


def refetch_after(operation_scope: Scope, *, by: Member) -> None:
    """The centre and we disagree about the scope: look at all of it again, unless a step about it is running."""
    for generation in Generation.objects.filter(
        operation_scope.overlapping(), state__in=[GenerationState.READY, GenerationState.FETCHING]
    ):
        begin_fetch(generation, by=by)
