"""Numbers of the institution's own: given by its system, or drawn here and drawn again when somebody was faster."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from settlement.services.refusals import Refused

#: So often a number is drawn before the row is refused: with a hundred new rows a second once in 10^20 times.
DRAWS = 10


def drawn(prefix: str = "") -> str:
    """By moment, with four digits that mostly make it another one within the second."""
    return f"{prefix}{timezone.localtime():%y%m%d%H%M%S}{secrets.randbelow(10_000):04d}"


def save_numbered(row: Any, given: str, draw: Callable[[], str], *, constraint: str, what: str) -> None:
    """Save this new row under the given number, else under a drawn one. Refused when a given number is taken."""
    for left in reversed(range(1 if given else DRAWS)):
        row.number = given or draw()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return
        except IntegrityError as error:
            if constraint not in str(error):
                raise
            if not left:
                refusal = Refused(f"{what} {row.number} 已经有了", field="number")
                raise refusal.behind(moving(row, constraint)) from None


def moving(row: Any, constraint: str) -> Any:
    """Key of the operation that moves the visit which has this number; None when there is none."""
    [unique] = [one for one in row._meta.constraints if one.name == constraint]
    names = [name for name in unique.fields if name != "institution"]  # the door sees to that one
    same = type(row)._default_manager.filter(**{name: getattr(row, name) for name in names})
    where = "operation_id" if hasattr(row, "operation_id") else "visit__operation_id"
    return same.values_list(where, flat=True).first()
