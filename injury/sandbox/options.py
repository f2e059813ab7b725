"""What a party may ask of its centre when it is registered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.gateway.sandbox.models import Party


@dataclass(frozen=True, slots=True)
class Options:
    """`people`: how many insured; `level`: the institution's own, empty is refused (81036); `meal`: yuan a day in
    hospital; `drug_limit`: share of drugs a rehabilitation may have; `undo_with_fees`: whether an admission may be
    taken back with its fees (4.9) or they have to go first (61006); `strict_records`: whether a discharge needs whole
    records; `cross_province`: whether the institution may treat people of other provinces (310017).
    """

    seed: str
    people: int = 40
    level: str = "3"
    meal: Decimal = Decimal("20.00")
    drug_limit: Decimal = Decimal("0.40")
    undo_with_fees: bool = True
    strict_records: bool = True
    cross_province: bool = True

    @classmethod
    def of(cls, party: Party) -> Options:
        """Raises ValueError naming an option that does not exist or does not fit."""
        given: dict[str, Any] = dict(party.options)
        if unknown := given.keys() - cls.__dataclass_fields__.keys():
            raise ValueError(f"没有这样的选项：{'、'.join(sorted(unknown))}")
        for name in ("meal", "drug_limit"):
            if name in given:
                given[name] = _decimal(name, given[name])
        found = cls(**{"seed": party.app_code, **given})
        if not 1 <= int(found.people) <= 20_000 or not 0 <= found.drug_limit <= 1:
            raise ValueError("people 应在 1 与 20000 之间，drug_limit 应在 0 与 1 之间")
        return found


def _decimal(name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} 应为数字") from None
