"""How an admission's fees stand, here and at the centre; and whether that lets it go on (design 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from injury.models import Admission


@dataclass(frozen=True, slots=True)
class FeeStanding:
    """Counts and sums of one admission's fee items. `centre` and `read_at` are None until the centre's sums were read
    after the last change; amounts are yuan."""

    waiting: int
    held: int
    under_way: int
    doubtful: int
    uploaded: int
    ours: Decimal
    centre: Decimal | None
    read_at: datetime | None
    #: Why discharge and settlement sheet have to wait, in a sentence; empty when nothing stands in the way.
    gate: str


def fee_standing(admission: Admission) -> FeeStanding:
    """How the fees of this admission stand now; inside the door."""
    raise NotImplementedError
