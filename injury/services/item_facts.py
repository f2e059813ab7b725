"""A fee item as a few columns: fifty of them as a model, twenty thousand times, take seconds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from injury.models.fee import OUTSIDE, FeeItem

#: Columns that a look at the mapping may change.
PLACED = (
    "centre_code",
    "centre_name",
    "category",
    "grade",
    "version",
    "dosage_form",
    "state",
    "held_kind",
    "held_because",
)


class ItemFacts(NamedTuple):
    """What decides whether a fee item may go, and how it looks on the wire; it begins with what PLACED names."""

    centre_code: str
    centre_name: str
    category: str
    grade: str
    version: str
    dosage_form: str
    state: str
    held_kind: str
    held_because: str
    pk: UUID
    refunds_id: UUID | None
    prescription: str
    prescribed_on: date
    days: int
    own_code: str
    own_name: str
    own_category: str
    own_grade: str
    common_name: str
    kind: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    specification: str
    maker: str
    advice_no: str
    trace_codes: str
    is_unrelated: bool
    is_rescue: bool
    remark: str
    explanation: str

    @property
    def is_outside(self) -> bool:
        """Whether it goes as an item outside of the catalogue."""
        return self.centre_code in OUTSIDE.values()

    @property
    def placed(self) -> tuple[Any, ...]:
        """The values of PLACED."""
        return self[: len(PLACED)]


def facts_of(items: QuerySet[FeeItem]) -> list[ItemFacts]:
    """The facts of these fee items, in their order."""
    return list(map(ItemFacts._make, items.values_list(*ItemFacts._fields)))
