"""How an admission's fees stand, here and at the centre; and whether that lets it go on (design 3.4).

Discharge and settlement sheet ask for `gate`: a sentence there means no. It is the one place that knows (I7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone

from injury.models import (
    Admission,
    BatchState,
    CentreReading,
    EpochState,
    FeeBatch,
    FeeEpoch,
    FeeItem,
    FeeState,
)
from injury.models.upload import category_label
from injury.rules.totals import ZERO, add_up, is_same
from portal.gateway.journal.states import DOUBTFUL

#: A reading of the centre's sums lets a visit go on for so long: what runs late there must show at the gate.
FRESH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class CategoryStanding:
    """One fee category, here and at the centre; `centre` is None while nothing was read after the last change."""

    category: str
    ours: Decimal
    centre: Decimal | None

    @property
    def label(self) -> str:
        return category_label(self.category)

    @property
    def difference(self) -> Decimal | None:
        """What the centre has more than we do; None while unknown, zero when both are the same."""
        if self.centre is None:
            return None
        return ZERO if is_same(self.ours, self.centre) else self.centre - self.ours


@dataclass(frozen=True, slots=True)
class FeeStanding:
    """Counts and sums of one admission's fee items. `centre` and `read_at` are None until the centre's sums were read
    after the last change; amounts are yuan. `epoch` is the open one, `None` before the first upload."""

    waiting: int = 0
    held: int = 0
    under_way: int = 0
    doubtful: int = 0
    uploaded: int = 0
    dropped: int = 0
    waiting_amount: Decimal = ZERO
    #: What is proven to be at the centre.
    ours: Decimal = ZERO
    centre: Decimal | None = None
    read_at: datetime | None = None
    categories: tuple[CategoryStanding, ...] = ()
    epoch: FeeEpoch | None = field(default=None, compare=False)
    #: Why discharge and settlement sheet have to wait, in a sentence; empty when nothing stands in the way.
    gate: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the centre's sums were read after the last change and are ours to the cent, in every category."""
        return self.centre is not None and not any(one.difference for one in self.categories)

    @property
    def is_known_empty(self) -> bool:
        """Whether nothing of it is at the centre, nor may be: what undoing an admission takes."""
        busy = self.under_way or self.doubtful or self.uploaded
        return not busy and (self.epoch is None or self.epoch.state in (EpochState.COMPLETE, EpochState.WIPED))

    @property
    def count(self) -> int:
        return self.waiting + self.held + self.under_way + self.doubtful + self.uploaded


def fee_standing(admission: Admission) -> FeeStanding:
    """How the fees of this admission stand now; inside the door, four statements."""
    return fee_standings([admission])[admission.pk]


def fee_standings(admissions: Sequence[Admission]) -> dict[UUID, FeeStanding]:
    """The same for many, with as many statements as for one."""
    keys = [admission.pk for admission in admissions]
    counts = _counts(keys)
    epochs = {
        epoch.admission_id: epoch
        for epoch in FeeEpoch.objects.filter(admission__in=keys)
        .exclude(state=EpochState.WIPED)
        .select_related("admission", "wipe")
    }
    batches = _batches([epoch.pk for epoch in epochs.values()])
    readings = {
        reading.admission_id: reading
        for reading in CentreReading.objects.filter(admission__in=keys)
        .order_by("admission_id", "-read_at", "-id")
        .distinct("admission_id")
    }
    return {key: _standing(counts.get(key, {}), epochs.get(key), readings.get(key), batches) for key in keys}


@dataclass
class _Batches:
    """What an epoch's batches come to: stored sums, and items whose message is in doubt."""

    sums: list[dict[str, str]] = field(default_factory=list)
    doubtful: int = 0


def _batches(epochs: list[UUID]) -> dict[UUID, _Batches]:
    found = {epoch: _Batches() for epoch in epochs}
    counting = [BatchState.APPLIED, BatchState.SENDING]
    rows = FeeBatch.objects.filter(epoch__in=epochs, state__in=counting).order_by()
    for epoch, state, sums, count, step in rows.values_list("epoch", "state", "sums", "count", "operation__state"):
        if state == BatchState.APPLIED:
            found[epoch].sums.append(sums)
        elif step in DOUBTFUL:
            found[epoch].doubtful += count
    return found


def _counts(keys: list[UUID]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    rows = FeeItem.objects.filter(admission__in=keys).order_by().values("admission", "state")
    for row in rows.annotate(count=Count("pk"), amount=Sum("amount", default=ZERO)):
        mine = found.setdefault(row["admission"], {})
        mine[row["state"]] = row["count"]
        mine[f"{row['state']}_amount"] = row["amount"]
    return found


def _standing(
    counts: dict[str, Any],
    epoch: FeeEpoch | None,
    reading: CentreReading | None,
    batches: dict[UUID, _Batches],
) -> FeeStanding:
    mine = batches[epoch.pk] if epoch else _Batches()
    sums = add_up(mine.sums)
    valid = reading if is_valid(reading, epoch) else None
    centre = valid.amounts() if valid else None
    categories = tuple(
        CategoryStanding(category, sums.get(category, ZERO), centre.get(category, ZERO) if centre is not None else None)
        for category in sorted(set(sums) | set(centre or ()))
    )
    standing = FeeStanding(
        waiting=counts.get(FeeState.WAITING, 0),
        held=counts.get(FeeState.HELD, 0),
        under_way=max(counts.get(FeeState.FROZEN, 0) - mine.doubtful, 0),
        doubtful=counts.get(FeeState.DOUBTFUL, 0) + mine.doubtful,
        uploaded=counts.get(FeeState.UPLOADED, 0),
        dropped=counts.get(FeeState.DROPPED, 0),
        waiting_amount=counts.get(f"{FeeState.WAITING}_amount", ZERO),
        ours=sum(sums.values(), ZERO),
        centre=valid.total if valid else None,
        read_at=valid.read_at if valid else None,
        categories=categories,
        epoch=epoch,
    )
    object.__setattr__(standing, "gate", gate(standing))
    return standing


def is_valid(reading: CentreReading | None, epoch: FeeEpoch | None) -> bool:
    """Whether nothing that may have changed the centre's sums has happened since this reading."""
    if reading is None or epoch is None:
        return reading is not None and reading.epoch_id is None
    return reading.epoch_id == epoch.pk and reading.changes == epoch.changes


def gate(standing: FeeStanding, *, now: datetime | None = None) -> str:
    """Why discharge and settlement sheet have to wait (I7); pure. The first obstacle, in a sentence."""
    epoch = standing.epoch
    if epoch is not None and (epoch.is_stuck or epoch.state in (EpochState.WIPING, EpochState.PROVING)):
        return f"费用上传“{epoch.get_state_display()}”，处理完成后才能继续"
    if standing.doubtful:
        return f"{standing.doubtful:,} 条费用的上传结果待确认，系统核实后才能继续"
    if standing.under_way or (epoch is not None and epoch.is_moving):
        return "费用正在上传或核对，完成后才能继续"
    if standing.waiting:
        return f"还有 {standing.waiting:,} 条费用没有上传"
    if standing.held:
        return f"有 {standing.held:,} 条费用暂不能上传：改正后上传，或写明理由不上传"
    if not standing.uploaded:
        return "还没有上传费用"
    if standing.centre is None or standing.read_at is None:
        return "上传后还没有核对中心金额，请先核对"
    if not standing.is_equal:
        return _differing(standing)
    if (now or timezone.now()) - standing.read_at > FRESH:
        return f"中心金额是 {timezone.localtime(standing.read_at):%m-%d %H:%M} 核对的，请重新核对"
    return ""


def _differing(standing: FeeStanding) -> str:
    centre = standing.centre or ZERO
    if not is_same(standing.ours, centre):
        return f"中心金额 {centre:,.2f} 元与本院 {standing.ours:,.2f} 元不一致，须处理后才能继续"
    first = next(one for one in standing.categories if one.difference)
    return f"总额一致，但“{first.label}”相差 {first.difference:,.2f} 元：请核对目录对照的收费类别"


#: States that concern a person: for lists and the dashboard.
STUCK = Q(state__in=EpochState.stuck())
