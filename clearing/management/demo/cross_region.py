"""Cross-region clearing: fetch a month (3260), decide, confirm in batches (3261), roll back (3262)."""

from decimal import Decimal
from typing import Any

from clearing.management.demo.walk import REASON, Failed, Walk
from clearing.messages.cross_region import BATCH
from clearing.models import CrossRegionBatch, CrossRegionMonth, CrossRegionRow, RowDecision, Standing
from clearing.models.cross_region import BatchState
from clearing.services.cross_region import (
    confirm_month,
    decide,
    month_of,
    request_fetch,
    roll_back_batch,
    roll_back_month,
)
from portal.gateway.channels.models import Channel

CROSS = "异地清分"
MONTH = 11
DECLINED = 5


def settle(walk: Walk) -> None:
    """One month from the fetch to the last confirmation, with a batch and the whole month rolled back in between."""
    with walk.tx():
        app_code = Channel.objects.get(gateway="national", environment=walk.scope.environment).app_code
        job = request_fetch(walk.scope.year, MONTH, by=walk.clerk)
        month = month_of(walk.clerk, walk.scope.year, MONTH)
    walk.finish(job)
    month = walk.wait("获取异地清分明细", lambda: CrossRegionMonth.objects.get(pk=month.pk))
    theirs = _centre(walk, app_code, month)
    walk.same(
        CROSS,
        "获取（3260）",
        (month.count, month.agency_paid),
        (theirs["rows"], Decimal(theirs["optins_pay_sumamt"])),
        scope=month,
    )
    _decide(walk, month)
    batches = _confirm(walk, app_code, month)
    with walk.tx():
        operation = roll_back_batch(CrossRegionBatch.objects.get(pk=batches[0].pk), by=walk.clerk)
    walk.send(operation)
    _same(walk, app_code, month, "回退一批（3262）")
    with walk.tx():
        operation = roll_back_month(month, by=walk.clerk)
    walk.send(operation)
    _same(walk, app_code, month, "整月回退（3262）")
    _confirm(walk, app_code, month)


def _decide(walk: Walk, month: CrossRegionMonth) -> None:
    with walk.tx():
        rows = CrossRegionRow.objects.filter(month=month)
        last = list(rows.order_by("-sequence").values_list("pk", flat=True)[:DECLINED])
        yes = decide(rows.exclude(pk__in=last), RowDecision.CONFIRM, REASON, by=walk.clerk)
        no = decide(rows.filter(pk__in=last), RowDecision.DECLINE, REASON, by=walk.clerk)
    walk.told(CROSS, "逐笔决定", f"确认 {yes} 条，不确认 {no} 条", scope=month)


def _confirm(walk: Walk, app_code: str, month: CrossRegionMonth) -> list[CrossRegionBatch]:
    with walk.tx():
        batches = confirm_month(month, by=walk.clerk)
        operations = [batch.operation for batch in batches if batch.operation]
    if any(batch.count > BATCH for batch in batches):
        raise Failed("异地清分：有一批超过 100 条")
    for operation in operations:
        walk.send(operation)
    _same(walk, app_code, month, f"确认（3261），{len(batches)} 批")
    return batches


def _same(walk: Walk, app_code: str, month: CrossRegionMonth, step: str) -> None:
    def settled() -> bool | None:
        moving = CrossRegionRow.objects.filter(month=month, standing=Standing.MOVING).exists()
        waiting = CrossRegionBatch.objects.filter(
            month=month, state__in=[BatchState.CONFIRMING, BatchState.ROLLING_BACK]
        ).exists()
        return None if moving or waiting else True

    walk.wait(step, settled)
    with walk.tx():
        rows = list(CrossRegionRow.objects.filter(month=month, standing=Standing.CONFIRMED))
    theirs = _centre(walk, app_code, month)
    ours = (len(rows), sum((row.agency_paid for row in rows), Decimal("0.00")))
    walk.same(CROSS, step, ours, (theirs["confirmed"], Decimal(theirs["confirmed_optins_pay_sumamt"])), scope=month)


def _centre(walk: Walk, app_code: str, month: CrossRegionMonth) -> dict[str, Any]:
    for one in walk.state_of("national", app_code)["months"]:
        if one["month"] == f"{month.year}-{month.month:02}":
            found: dict[str, Any] = one
            return found
    raise Failed(f"{month}：沙箱没有这个月的异地清分明细")
