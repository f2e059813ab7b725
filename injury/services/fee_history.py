"""What happened to one fee item: arrived, corrected, frozen in which batch, uploaded, struck out with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from injury.models import BatchState, FeeItem, FeeState
from portal.audit.models import Event
from portal.codes import code_list

MOST = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `at` is None where no time is known, `operation` leads to the exchange."""

    at: datetime | None
    title: str
    text: str = ""
    by: str = ""
    tone: str = ""
    operation: UUID | None = None


def history_of(item: FeeItem) -> list[Step]:
    """In the order of time; three statements. Inside the door."""
    steps = [Step(item.arrived_at, "到达", f"来源：{item.get_source_display()}", item.arrived_as)]
    steps += _events(item)
    steps += _batches(item)
    steps.sort(key=lambda step: (step.at is None, step.at))
    return [*steps, *_now(item)]


def _events(item: FeeItem) -> Iterator[Step]:
    found = Event.objects.filter(chain=item.institution_pk, object_id=str(item.pk)).order_by("seq")[:MOST]
    for event in found:
        yield Step(event.at, event.label, event.sentence, event.actor_name)


def _batches(item: FeeItem) -> Iterator[Step]:
    lines = item.batch_lines.select_related("batch", "epoch", "batch__operation").order_by("epoch__n", "batch__number")
    for line in lines:
        batch = line.batch
        where = f"第 {line.epoch.n} 轮第 {batch.number} 批第 {line.position} 行，金额 {line.amount:,.4f} 元"
        yield Step(line.epoch.started_at, "固化待上传", where, line.epoch.started_as, operation=batch.operation_id)
        if batch.state != BatchState.PLANNED:
            tone = {BatchState.APPLIED: "good", BatchState.REFUSED: "bad", BatchState.PARTIAL: "bad"}.get(
                BatchState(batch.state), "doubt" if batch.is_doubtful else ""
            )
            yield Step(batch.ended_at, batch.shown_state, batch.note or where, tone=tone, operation=batch.operation_id)


def _now(item: FeeItem) -> Iterator[Step]:
    if item.state == FeeState.HELD:
        yield Step(None, "暂不能上传", item.held_because, tone="warn")
    if item.state == FeeState.DROPPED:
        yield Step(None, "不上传", item.held_because)
    if item.rejected is not None:
        reason = code_list("injury.aka073").label(item.rejected_because) if item.rejected_because else ""
        if item.rejected:
            yield Step(None, "中心剔除", f"{item.rejected:,.2f} 元，{reason or '未说明原因'}", tone="bad")
        else:
            yield Step(None, "中心审核", "没有剔除", tone="good")
