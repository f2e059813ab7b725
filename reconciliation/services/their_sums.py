"""What the centre's side of a run comes to, where its files and answers tell all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reconciliation.models import Run, TotalState
from reconciliation.rules import Line
from reconciliation.rules.lines import told_total
from reconciliation.services.totals import latest

if TYPE_CHECKING:
    from reconciliation.services.comparing import File

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class TheirSums:
    """Settlements and yuan of a whole run at the centre; None is not told."""

    count: int
    total: Decimal | None
    fund: Decimal | None = None


def sums_of_files(run: Run, files: Sequence[File]) -> TheirSums | None:
    """What the result files add up to, with the scopes beside them whose total account balances: those are as ours.

    None where a part of the run is not told: a file that lists only differences, one that is missing, a scope whose
    total account was not answered.
    """
    days: dict[tuple[str, str], int] = defaultdict(int)
    for one in files:
        days[one.scope] += (one.about.end - one.about.begin).days
    beside = [one for one in latest(run.pk, run.round) if (one.clr_type, one.clr_optins) not in days]
    ours = sum(one.left.ours for one in files) + sum(one.count for one in beside)
    is_whole = all(count == (run.end - run.begin).days for count in days.values()) and ours == run.ours_count
    if not (is_whole and all(one.left.sums.is_told for one in files)):
        return None
    if any(one.state != TotalState.BALANCED for one in beside):
        return None
    return TheirSums(
        sum(one.left.sums.count for one in files) + sum(one.count for one in beside),
        sum((Decimal(one.left.sums.total).scaleb(-2) for one in files), sum((one.total for one in beside), NOTHING)),
        sum((Decimal(one.left.sums.fund).scaleb(-2) for one in files), sum((one.fund for one in beside), NOTHING)),
    )


def sums_of_lines(lines: Iterable[Line]) -> TheirSums:
    """What a centre that was asked settlement by settlement has; an amount is told where every line tells it."""
    held = [one for one in lines if one.counts]
    funds = [one.fund for one in held if one.fund is not None]
    total = told_total(held) if held else NOTHING
    return TheirSums(len(held), total, sum(funds, NOTHING) if len(funds) == len(held) else None)
