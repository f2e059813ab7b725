"""Bringing a month's list here (3260), 100 rows at a time in short transactions; may stop anywhere and begin again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from clearing.actions import CROSS_REGION_FETCH_REQUESTED, CROSS_REGION_FETCHED
from clearing.messages.cross_region import BATCH, CrossRegionDetail, FetchCrossRegion
from clearing.models import CrossRegionMonth, Standing
from clearing.services.cross_region.comparing import compare_month
from clearing.services.cross_region.months import checked, locked, rows_of
from clearing.services.cross_region.storing import Tally, key_of, store_page
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask
from portal.jobs import Job, start
from portal.jobs.models import LIVE

FETCH = "clearing.cross_region_fetch"
#: More pages than this are no answer but a fault of the other side.
PAGES = 10_000
#: How often a list that changes while it is read is read again from its beginning.
TRIES = 3
UNSTEADY = "中心的明细在获取期间不断变动，已取得的数据已保存，请稍后重新获取"
Door = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int | None, str], None]


class Shifted(Exception):
    """Rows came or went in the list while it was read: row numbers no longer mean what they meant."""


@dataclass(frozen=True)
class Page:
    rows: list[CrossRegionDetail]
    asked_at: datetime


def request_fetch(year: int, month_number: int, *, by: Member) -> Job:
    """Have a worker fetch the month's rows; joins a fetch that is running. Refused names what is wrong."""
    opened, _ = CrossRegionMonth.objects.get_or_create(**checked(by, year, month_number))
    month = locked(opened)
    record(CROSS_REGION_FETCH_REQUESTED, month, by=by, month=str(month))
    title = f"获取异地清分明细：{month}"
    return start(FETCH, str(month.pk), by=by, title=title, params={"month": str(month.pk)})


def running_fetches() -> list[Job]:
    """Fetches that are not over yet, oldest first."""
    return list(Job.objects.filter(kind=FETCH, state__in=LIVE).order_by("created_at"))


def fetch_month(month_id: UUID, *, ask: Ask, door: Door, progress: Progress) -> Tally:
    """Fetch all rows of the month, compare them with ours, and note what the centre no longer lists.

    Outside any transaction; `door` opens the institution's. Errors of `ask` end it; what is stored stays.
    """
    with door():
        month = CrossRegionMonth.objects.get(pk=month_id)
    for _ in range(TRIES):
        started_at, tally = timezone.now(), Tally()
        try:
            _fetch_rows(month, tally, ask=ask, door=door, progress=progress)
        except Shifted:
            continue
        except Exception as error:
            sentence = getattr(error, "sentence", "") or "获取中断，已取得的数据已保存，请重新获取"
            with door():
                stopped(month, sentence)
            raise
        with door():
            finish(month, tally, started_at)
        return tally
    with door():
        stopped(month, UNSTEADY)
        compare_month(locked(month))
    return tally


def pages(ask: Ask, month: CrossRegionMonth) -> Iterator[Page]:
    """The month's rows in pages. Each page begins with the last row of the one before, which must still be there.

    The answer tells no total, so this is the only sign that rows came or went meanwhile; then Shifted is raised.
    """
    first, last = 1, None
    for _ in range(PAGES):
        asked_at = timezone.now()
        rows = ask(FetchCrossRegion.of(str(month.year), f"{month.month:02}", first)).data
        if last is not None and (not rows or key_of(rows[0]) != last):
            raise Shifted
        yield Page(rows[1:] if last is not None else rows, asked_at)
        if len(rows) < BATCH:
            return
        first, last = first + len(rows) - 1, key_of(rows[-1])


def _fetch_rows(month: CrossRegionMonth, tally: Tally, *, ask: Ask, door: Door, progress: Progress) -> None:
    for page in pages(ask, month):
        with door():
            store_page(locked(month), page.rows, page.asked_at, tally)
        progress(tally.count, None, f"已获取 {tally.count} 条")


def stopped(month: CrossRegionMonth, sentence: str) -> None:
    """The fetch ended before its end: the month is usable as far as it came, and says so."""
    CrossRegionMonth.objects.filter(pk=month.pk).update(note=sentence[:400])


def finish(month: CrossRegionMonth, tally: Tally, started_at: datetime) -> None:
    """After the last page: totals, rows gone, comparison. What is confirmed or on its way may have left the list."""
    month = locked(month)
    missing = rows_of(month).filter(standing=Standing.OPEN, gone_at__isnull=True, fetched_at__lt=started_at)
    tally.gone = missing.update(gone_at=timezone.now())
    month.count, month.fetched_at = tally.count, timezone.now()
    month.medical_fee, month.agency_paid = tally.medical_fee, tally.agency_paid
    month.note = f"中心把 {tally.repeated} 条结算列了两次，合计含重复的，请联系医保中心" if tally.repeated else ""
    if not tally.count:
        month.note = "医保中心没有这个月的异地清分明细"
    month.save(update_fields=["count", "fetched_at", "medical_fee", "agency_paid", "note"])
    compare_month(month)
    record(
        CROSS_REGION_FETCHED,
        month,
        by=None,
        month=str(month),
        count=tally.count,
        total=f"{tally.agency_paid:,.2f}",
        added=tally.added,
        changed=tally.changed,
        gone=tally.gone,
    )
