"""Saying yes or no to a settlement, with a reason where one is due."""

from django.db.models import F, QuerySet
from django.utils import timezone

from clearing.actions import CROSS_REGION_DECIDED
from clearing.models import CrossRegionMonth, CrossRegionRow, RowDecision, Standing
from clearing.services.cross_region.months import locked
from clearing.services.refusals import Refused, naming
from portal.access.member import Member
from portal.audit import record

SHORTEST, LONGEST = 2, 200


def decide(rows: QuerySet[CrossRegionRow], decision: str, reason: str = "", *, by: Member) -> int:
    """Write the decision on every chosen row; how many. `undecided` takes a decision back.

    Raises Refused, naming rows, when one is with the centre already, is no longer listed, or needs a reason.
    """
    if decision not in RowDecision.values:
        raise Refused("决定：应为确认、不确认或撤销决定", field="decision")
    reason = checked(reason)
    if decision == RowDecision.DECLINE and not reason:
        raise Refused("不确认须写明理由", field="reason")
    chosen = _locked_rows(rows)
    busy = [row for row in chosen if row.standing != Standing.OPEN]
    if busy:
        said = f"以下明细已提交医保中心，须先回退确认才能改变决定：{naming(busy, len(busy))}"
        raise Refused(said).about(row.pk for row in busy)
    gone = [row for row in chosen if row.gone_at is not None and decision != RowDecision.UNDECIDED]
    if gone:
        raise Refused(f"以下明细中心已不再列出：{naming(gone, len(gone))}").about(row.pk for row in gone)
    if decision == RowDecision.CONFIRM and not reason:
        different = [row for row in chosen if row.is_different]
        if different:
            said = f"以下明细有差异，确认须写明理由：{naming(different, len(different))}"
            raise Refused(said, field="reason").about(row.pk for row in different)
    return _write(chosen, decision, reason, by=by)


def checked(reason: str) -> str:
    text = " ".join(reason.split())
    if text and not SHORTEST <= len(text) <= LONGEST:
        raise Refused(f"理由：应为 {SHORTEST} 到 {LONGEST} 个字", field="reason")
    return text


def _locked_rows(rows: QuerySet[CrossRegionRow]) -> list[CrossRegionRow]:
    """The rows under lock, with their months locked first: the same order as every other step."""
    months = CrossRegionMonth.objects.filter(pk__in=rows.order_by().values("month")).order_by("pk")
    for month in months:
        locked(month)
    chosen = list(
        rows.order_by("pk").select_for_update(of=("self",)).defer("certificate", "certificate_index", "findings")
    )
    if not chosen:
        raise Refused("请先选择明细")
    return chosen


def _write(chosen: list[CrossRegionRow], decision: str, reason: str, *, by: Member) -> int:
    is_back = decision == RowDecision.UNDECIDED
    CrossRegionRow.objects.filter(pk__in=[row.pk for row in chosen]).update(
        decision=decision,
        reason="" if is_back else reason,
        decided_by=None if is_back else by.user,
        decided_as="" if is_back else by.label[:100],
        decided_at=None if is_back else timezone.now(),
    )
    for month in CrossRegionMonth.objects.filter(pk__in={row.month_id for row in chosen}):
        mine = [row for row in chosen if row.month_id == month.pk]
        paid = sum(row.agency_paid for row in mine)
        record(
            CROSS_REGION_DECIDED,
            month,
            by=by,
            month=str(month),
            count=len(mine),
            decision="撤销决定" if is_back else str(RowDecision(decision).label),
            total=f"{paid:,.2f}",
            reason=reason or "—",
            rows=naming(mine, len(mine)),
        )
    return len(chosen)


def undo_outdated(rows: QuerySet[CrossRegionRow]) -> None:
    """Decisions about amounts that the centre has changed since: they have to be made anew."""
    rows.filter(changed_at__gt=F("decided_at")).update(
        decision=RowDecision.UNDECIDED, reason="", decided_by=None, decided_as="", decided_at=None
    )
