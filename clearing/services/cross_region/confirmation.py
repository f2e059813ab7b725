"""异地清分结果确认 (3261): decided rows go to the centre, at most 100 a message, each message an operation.

All messages are queued at once and the journal sends one after the other, so an interruption loses nothing: a row
belongs to its batch from before the first byte leaves until the batch's outcome is known.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from clearing.actions import CROSS_REGION_CONFIRM_REQUESTED, CROSS_REGION_CONFIRMED, OPERATION_UNDONE
from clearing.messages.cross_region import BATCH, ConfirmCrossRegion, Confirmed, ConfirmedRow
from clearing.models import BatchState, CrossRegionBatch, CrossRegionMonth, CrossRegionRow, RowDecision, Standing
from clearing.services.cross_region.decisions import undo_outdated
from clearing.services.cross_region.months import (
    DECIDED,
    FLAWED,
    GONE,
    OPEN,
    READY,
    UNEXPLAINED,
    ZERO,
    locked,
    rows_of,
)
from clearing.services.refusals import Refused
from clearing.services.steps import opened
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.crypto.sm3 import sm3
from portal.gateway.journal import Ask, Handler, Moot, Operation, StillUnknown, Verdict, outcome

#: After so many looks without proof two people decide: until then a roll-back of the month can still clear the doubt.
LOOKS = 3
NO_PROOF = "3260 不返回确认结果，查询无法证明是否生效：请向医保中心核对后由两人认定，或回退整月的确认后重新提交"
NO_ID = "没有取得确认报文编号，不能单独回退，只能回退整月"


@dataclass(frozen=True)
class LeftOut:
    """Rows that will not be sent, and why; `query` is the list's filter that shows them."""

    reason: str
    count: int
    agency_paid: Decimal
    query: str


@dataclass(frozen=True)
class Preview:
    """What a confirmation would send, what it would leave out and why, and what forbids it. Yuan of confirmed rows."""

    month: CrossRegionMonth
    count: int
    yes_count: int
    medical_fee: Decimal
    agency_paid: Decimal
    no_paid: Decimal
    left_out: list[LeftOut] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)

    @property
    def no_count(self) -> int:
        return self.count - self.yes_count

    @property
    def batches(self) -> int:
        return -(-self.count // BATCH)

    @property
    def left_out_count(self) -> int:
        return sum(part.count for part in self.left_out)


LEFT_OUT: tuple[tuple[str, Q, str], ...] = (
    ("尚未决定", OPEN & ~DECIDED & ~GONE, "standing=open&decision=undecided"),
    (
        "决定确认但有差异，没有写明理由",
        OPEN & UNEXPLAINED & ~GONE & ~FLAWED,
        "standing=open&decision=confirm&finding=any",
    ),
    ("中心数据不符合规范，无法提交", OPEN & DECIDED & FLAWED & ~GONE, "finding=flawed"),
    ("中心已不再列出", OPEN & DECIDED & GONE, "finding=gone"),
)


def preview(month: CrossRegionMonth) -> Preview:
    """What would be sent now."""
    yes = Q(decision=RowDecision.CONFIRM)
    sums: dict[str, Any] = (
        rows_of(month)
        .filter(READY)
        .aggregate(
            count=Count("pk"),
            yes_count=Count("pk", filter=yes),
            fee=Sum("medical_fee", filter=yes, default=ZERO),
            paid=Sum("agency_paid", filter=yes, default=ZERO),
            no_paid=Sum("agency_paid", filter=~yes, default=ZERO),
        )
    )
    left_out = [part for part in (_left_out(month, *one) for one in LEFT_OUT) if part.count]
    return Preview(
        month,
        sums["count"],
        sums["yes_count"],
        sums["fee"],
        sums["paid"],
        sums["no_paid"],
        left_out,
        list(_obstacles(month, sums["count"])),
    )


def _left_out(month: CrossRegionMonth, reason: str, condition: Q, query: str) -> LeftOut:
    found = rows_of(month).filter(condition).aggregate(count=Count("pk"), paid=Sum("agency_paid", default=ZERO))
    return LeftOut(reason, found["count"], found["paid"], f"month={month.key}&{query}")


def _obstacles(month: CrossRegionMonth, count: int) -> Any:
    if month.rollback and month.rollback.is_live:
        yield f"本月的确认正在整月回退（{month.rollback.sentence}），完成后才能提交"
    if not count:
        yield "没有可以提交的明细：先对明细作出确认或不确认的决定"


def confirm_month(month: CrossRegionMonth, *, by: Member, count: int | None = None) -> list[CrossRegionBatch]:
    """Send everything that is decided; one batch and one operation for each 100 rows.

    `count` is the number that the person was shown. Raises Refused when it is another by now, when there is nothing to
    send, while the month is being rolled back, and in another environment than the institution works in.
    """
    month = locked(month)
    refuse_elsewhere(month, by)
    now = preview(month)
    if now.obstacles:
        raise Refused("；".join(now.obstacles)).behind(_moving(month))
    if count is not None and count != now.count:
        raise Refused(f"可提交的明细已由 {count} 条变为 {now.count} 条，请重新查看后再提交")
    rows = list(rows_of(month).filter(READY).select_for_update(of=("self",)).order_by("sequence", "pk"))
    number = CrossRegionBatch.objects.filter(month=month).aggregate(last=Max("number"))["last"] or 0
    batches = []
    for first in range(0, len(rows), BATCH):
        number += 1
        batches.append(_open_batch(month, number, rows[first : first + BATCH], by=by))
    record(
        CROSS_REGION_CONFIRM_REQUESTED,
        month,
        by=by,
        month=str(month),
        count=now.count,
        declined=now.no_count,
        total=f"{now.agency_paid:,.2f}",
        batches=len(batches),
        left_out=now.left_out_count,
    )
    return batches


def _moving(month: CrossRegionMonth) -> Any:
    """Key of the operation that moves the month's rows now; None when there is none."""
    batches = CrossRegionBatch.objects.filter(month=month, state=BatchState.CONFIRMING).order_by("number")
    return month.rollback_id or batches.values_list("operation_id", flat=True).first()


def refuse_elsewhere(month: CrossRegionMonth, by: Member) -> None:
    if by.institution is None or by.institution.environment != month.environment:
        raise Refused("这个月份属于另一个运行环境，不能办理")


def _open_batch(month: CrossRegionMonth, number: int, rows: list[CrossRegionRow], *, by: Member) -> CrossRegionBatch:
    yes = [row for row in rows if row.decision == RowDecision.CONFIRM]
    batch = CrossRegionBatch(
        month=month,
        number=number,
        count=len(rows),
        yes_count=len(yes),
        no_count=len(rows) - len(yes),
        medical_fee=sum((row.medical_fee for row in yes), ZERO),
        agency_paid=sum((row.agency_paid for row in yes), ZERO),
        submitted_by=by.user,
        submitted_as=by.label[:100],
    )
    names = ",".join(sorted(f"{row.settlement_no}/{row.visit_no}" for row in rows))
    batch.operation = opened(
        ConfirmCrossRegion.of(str(month.year), f"{month.month:02}", [wire_form(row) for row in rows]),
        key=f"{month.key}-{sm3(names.encode()).hex()[:16]}",
        by=by,
        title=f"{batch}：确认 {batch.yes_count} 条、不确认 {batch.no_count} 条，支付总额 {batch.agency_paid:,.2f} 元",
        expected={"rows": batch.count, "declined": batch.no_count, "agency_paid": batch.agency_paid},
        subject=batch,
    )
    batch.save(force_insert=True)
    claimed = CrossRegionRow.objects.filter(pk__in=[row.pk for row in rows], standing=Standing.OPEN)
    if claimed.update(standing=Standing.MOVING, batch=batch) != len(rows):
        raise RuntimeError("a row was claimed twice")
    return batch


def wire_form(row: CrossRegionRow) -> ConfirmedRow:
    """The row as the centre gave it, with our word on it (table 8)."""
    assert row.settled_at is not None
    return ConfirmedRow(
        certno=row.certificate.reveal(),
        mdtrt_id=row.visit_no,
        mdtrt_setl_time=f"{timezone.localtime(row.settled_at):%Y-%m-%d %H:%M:%S}",
        setl_sn=row.settlement_no,
        medfee_sumamt=row.medical_fee,
        optins_pay_sumamt=row.agency_paid,
        cnfm_flag="1" if row.decision == RowDecision.CONFIRM else "0",
    )


@outcome(ConfirmCrossRegion)
class Confirming(Handler):
    """The batch is with the centre, or it is not; the other batches of the month go their own way."""

    labels = {"rows": "条数", "declined": "其中不确认", "agency_paid": "确认的支付总额（元）"}
    consequence = "发送到医保中心：确认的纳入本次清分，不确认的本次不纳入"

    def applied(self, operation: Operation, reply: Confirmed | None) -> None:
        batch = locked_batch(operation=operation)
        if batch is None:
            return  # found in the spool after a restore: people decide
        batch.state, batch.confirmed_at, batch.rolled_back_at = BatchState.CONFIRMED, timezone.now(), None
        batch.message_id = reply.inf_refmsgid if reply else ""
        batch.note = "" if batch.message_id else NO_ID
        batch.save(update_fields=["state", "confirmed_at", "rolled_back_at", "message_id", "note"])
        mine = CrossRegionRow.objects.filter(batch=batch)
        mine.filter(decision=RowDecision.CONFIRM).update(standing=Standing.CONFIRMED)
        mine.exclude(decision=RowDecision.CONFIRM).update(standing=Standing.DECLINED)
        record(
            CROSS_REGION_CONFIRMED,
            batch,
            by=None,
            batch=str(batch),
            count=batch.count,
            total=f"{batch.agency_paid:,.2f}",
            number=batch.message_id or "—",
        )

    def rejected(self, operation: Operation) -> None:
        batch = locked_batch(operation=operation)
        if batch is None or batch.state != BatchState.CONFIRMING:
            return  # the month was rolled back meanwhile: nothing of it is left
        batch.state, batch.note = BatchState.REFUSED, operation.message[:400]
        batch.save(update_fields=["state", "note"])
        free(batch)
        record(OPERATION_UNDONE, batch, by=None, what=f"提交{batch}确认", reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """No query tells whether rows are confirmed; only a roll-back of the whole month settles it."""
        with tenant_tx(operation.institution_pk):
            batch = CrossRegionBatch.objects.filter(operation=operation).first()
        if batch is not None and batch.state == BatchState.ROLLED_BACK:
            return Moot(f"整月的确认已于 {timezone.localtime(batch.rolled_back_at):%Y-%m-%d %H:%M:%S} 回退，不再有效力")
        return StillUnknown(NO_PROOF, for_people=operation.looks + 1 >= LOOKS)


def locked_batch(**conditions: Operation) -> CrossRegionBatch | None:
    """The batch of an operation, locked after its month."""
    found = CrossRegionBatch.objects.select_related("month").filter(**conditions).first()
    if found is None:
        return None
    locked(found.month)
    return (
        CrossRegionBatch.objects.select_for_update(of=("self",))
        .select_related("month", "operation", "rollback")
        .get(pk=found.pk)
    )


def free(batch: CrossRegionBatch) -> int:
    """The batch's rows are with us again, with their decisions unless an amount has changed since; how many."""
    mine = CrossRegionRow.objects.filter(batch=batch).exclude(standing=Standing.OPEN)
    undo_outdated(mine)
    return mine.update(standing=Standing.OPEN)
