"""获取对比: what changed between any two fetches of a scope, found from the changes alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.db.models import Q, QuerySet

from clearing.models import ChangeKind, ClearingRow, FetchSnapshot, RowChange, Scope
from clearing.services.figures import Figure, number
from clearing.services.history import TOTALLED, as_text

#: Fetches that a person may choose from.
CHOICE = 60
ZERO = Decimal("0.00")
TOTALS = {"count": "条数", "medical_fee": "医疗费总额", "fund_due": "基金应付", "disburse": "拨付金额"}
Kind = Literal["added", "gone", "changed"]
KINDS: dict[Kind, str] = {"added": "新增", "gone": "消失", "changed": "变动"}


def snapshots(scope: Scope) -> list[FetchSnapshot]:
    """The newest fetches that brought the whole scope, the newest first."""
    agencies = {"", scope.agency}
    same = FetchSnapshot.objects.filter(environment=scope.environment, year=scope.year, insurance=scope.insurance)
    return list(same.filter(agency__in=agencies)[:CHOICE])


@dataclass(frozen=True)
class RowDifference:
    """A row that is not the same in both fetches; amounts in yuan, ZERO where the row was not there."""

    row: ClearingRow
    kind: Kind
    figures: tuple[Figure, ...]
    before: Decimal
    after: Decimal

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Total:
    label: str
    before: Decimal
    after: Decimal
    is_count: bool

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """Two fetches of one scope side by side."""

    scope: Scope
    earlier: FetchSnapshot
    later: FetchSnapshot
    rows: tuple[RowDifference, ...]

    @cached_property
    def counts(self) -> list[tuple[str, int]]:
        return [(label, sum(one.kind == kind for one in self.rows)) for kind, label in KINDS.items()]

    @cached_property
    def totals(self) -> list[Total]:
        before, after = totals_of(self.earlier, self.scope), totals_of(self.later, self.scope)
        return [Total(label, before[name], after[name], name == "count") for name, label in TOTALS.items()]

    @property
    def disburse_difference(self) -> Decimal:
        """Σ over the rows that differ; equals the difference of the totals."""
        return sum((one.difference for one in self.rows), ZERO)


def totals_of(snapshot: FetchSnapshot, scope: Scope) -> dict[str, Decimal]:
    """Count and yuan that the fetch found for the scope."""
    parts = [told for agency, told in snapshot.agencies.items() if scope.agency in ("", agency)]
    return {name: sum((Decimal(str(part[name])) for part in parts), Decimal(0)) for name in ("count", *TOTALLED)}


def compare(scope: Scope, earlier: FetchSnapshot, later: FetchSnapshot) -> Comparison:
    """Rows added, gone and changed after `earlier` and up to `later`; a change that was taken back shows nowhere."""
    between = Q(at__gt=earlier.finished_at, at__lte=later.finished_at)
    by_row: dict[Any, list[RowChange]] = {}
    for change in _changes(scope).filter(between).order_by("at", "id"):
        by_row.setdefault(change.row_id, []).append(change)
    kinds = {key: kind for key, changes in by_row.items() if (kind := _kind(changes))}
    rows = ClearingRow.objects.in_bulk(list(kinds))
    then = _as_of(kinds, earlier)
    now = _as_of(kinds, later)
    found = [
        one for key, kind in kinds.items() if (one := _difference(rows[key], kind, by_row[key], then[key], now[key]))
    ]
    found.sort(key=lambda one: (list(KINDS).index(one.kind), one.row.provider_code, one.row.row_id))
    return Comparison(scope, earlier, later, tuple(found))


def _changes(scope: Scope) -> QuerySet[RowChange]:
    mine = {f"row__{name}": value for name, value in scope.fields().items()}
    return RowChange.objects.filter(**mine, kind__in=[*ChangeKind.presence(), ChangeKind.FIGURE])


def _kind(changes: list[RowChange]) -> Kind | None:
    """Whether the row was there before the first of these changes, and after the last."""
    moves = [change.kind for change in changes if change.kind != ChangeKind.FIGURE]
    if not moves:
        return "changed"
    arrived = (ChangeKind.FETCHED, ChangeKind.RETURNED)
    was, is_now = moves[0] not in arrived, moves[-1] in arrived
    if was and is_now:
        return "changed"
    return "gone" if was else "added" if is_now else None


def _as_of(keys: Iterable[Any], snapshot: FetchSnapshot) -> dict[Any, dict[str, str]]:
    """Figures that changed after the fetch, as they were when it ended."""
    later = RowChange.objects.filter(row_id__in=list(keys), kind=ChangeKind.FIGURE, at__gt=snapshot.finished_at)
    first = later.order_by("row_id", "field", "at", "id").distinct("row_id", "field")
    found: dict[Any, dict[str, str]] = {key: {} for key in keys}
    for key, name, before in first.values_list("row_id", "field", "before"):
        found[key][name] = before
    return found


def _difference(
    row: ClearingRow, kind: Kind, changes: list[RowChange], then: dict[str, str], now: dict[str, str]
) -> RowDifference | None:
    names = dict.fromkeys(change.field for change in changes if change.kind == ChangeKind.FIGURE)
    figures = tuple(
        Figure.of(name, then[name], now.get(name, as_text(getattr(row, name))))
        for name in names
        if then[name] != now.get(name, as_text(getattr(row, name)))
    )
    if kind == "changed" and not figures:
        return None
    before = number(then.get("disburse", as_text(row.disburse)))
    after = number(now.get("disburse", as_text(row.disburse)))
    shown = figures if kind == "changed" else ()
    return RowDifference(row, kind, shown, ZERO if kind == "added" else before, ZERO if kind == "gone" else after)


def lines(comparison: Comparison) -> Iterator[tuple[RowDifference, Figure | None]]:
    """One line a changed figure; a row that came or went is one line."""
    for one in comparison.rows:
        for figure in one.figures or (None,):
            yield one, figure
