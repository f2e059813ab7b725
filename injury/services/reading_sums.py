"""Reading what the centre has added up of an admission (4.12), as often as wanted; every reading is kept."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from injury.messages import ApproveFees
from injury.models import Admission, CentreReading, FeeEpoch, Purpose
from injury.rules.totals import ZERO, add_up, are_same
from portal.gateway.errors import Doubt, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.jobs.pace import factor

#: 没有可结算的数据: an authentic answer that says nothing is there (5.2, 出院结算).
EMPTY = "91006"
#: Seconds between two readings that have to agree, and how many are made before giving up for now.
APART = 10.0
READINGS = 4
MOVING = "中心的金额还在变化，稍后再核实"


class Door(Protocol):
    """Opens a short transaction in the institution."""

    def __call__(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The centre's sums at one moment, yuan by category."""

    sums: dict[str, Decimal]
    is_empty: bool
    at: datetime

    @property
    def total(self) -> Decimal:
        return sum(self.sums.values(), ZERO)

    @property
    def told(self) -> str:
        """For evidence: `11 12.30、21 5.00，合计 17.30 元`."""
        if not self.sums:
            return "没有费用"
        parts = "、".join(f"{category or '未分类'} {amount:,.2f}" for category, amount in sorted(self.sums.items()))
        return f"{parts}，合计 {self.total:,.2f} 元"


def settlement_number(admission: Admission) -> str:
    """HIS结算号 of 4.12: ours for this admission, always the same."""
    return str(admission.pk.hex)


@dataclass(frozen=True)
class Reader:
    """Reads the sums of one admission and keeps every answer; outside any transaction.

    Errors of `ask` pass through, except the authentic "nothing there". Raises Unknown for sums that contradict
    themselves.
    """

    admission: Admission
    ask: Ask
    door: Door

    def once(self, purpose: Purpose) -> Reading:
        """The sums now. Whoever read them while a message was under way finds `changes` grown (FeeEpoch)."""
        at = timezone.now()
        with self.door():
            epoch = FeeEpoch.objects.filter(admission=self.admission).exclude(state="wiped").first()
        try:
            reply = self.ask(
                ApproveFees(
                    akc190=self.admission.number,
                    aaca07=settlement_number(self.admission),
                    rolltype=self.admission.roll,  # type: ignore[arg-type]
                )
            )
        except Rejected as refusal:
            if refusal.code != EMPTY:
                raise
            reading = Reading({}, True, at)
        else:
            sums = add_up([{one.aka063: one.alc407 or ZERO} for one in reply.collections.collection])
            total = reply.alc407
            if total is None or total != sum(sums.values(), ZERO):
                raise Unknown(Doubt.SHAPE, "中心返回的总金额与分类金额之和不一致")
            reading = Reading(sums, not sums, at)
        with self.door():
            keep(self.admission, epoch.pk if epoch else None, epoch.changes if epoch else 0, purpose, reading)
        return reading

    def settled(self, purpose: Purpose, first: Reading | None = None) -> Reading | None:
        """Two equal readings in a row, at least ten seconds apart; None when they never agree."""
        before = first or self.once(purpose)
        for _ in range(READINGS - 1):
            time.sleep(APART * factor())
            after = self.once(purpose)
            if are_same(before.sums, after.sums):
                return after
            before = after
        return None


def keep(admission: Admission, epoch: UUID | None, changes: int, purpose: Purpose, reading: Reading) -> CentreReading:
    """Write a reading down; inside the door."""
    return CentreReading.objects.create(
        environment=admission.environment,
        admission=admission,
        epoch_id=epoch,
        changes=changes,
        purpose=purpose,
        total=reading.total,
        sums={category: str(amount) for category, amount in sorted(reading.sums.items())},
        is_empty=reading.is_empty,
        read_at=reading.at,
    )


def newest(admission: Admission) -> CentreReading | None:
    """The newest reading, whatever happened since."""
    return CentreReading.objects.filter(admission=admission).first()
