"""Writing down what changes a row, one line a change, in bulk; and what each fetch brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from clearing.models import ChangeKind, ClearingRow, FetchSnapshot, Generation, RowChange, RowState
from clearing.services.overview import live_rows
from portal.gateway.journal import Operation

#: Lines in one INSERT.
PIECE = 1000
TOTALLED = ("medical_fee", "fund_due", "disburse")
#: What a state that the centre tells us means, where it is not simply the state's own name.
TOLD = {
    RowState.GENERATED: ChangeKind.UNVERIFIED,
    RowState.VERIFIED: ChangeKind.VERIFIED,
    RowState.APPLIED: ChangeKind.APPLIED,
    RowState.APPROVED: ChangeKind.APPROVED,
}
Finding = tuple[str, str]


def note(
    rows: Iterable[ClearingRow] | QuerySet[ClearingRow] | Iterable[Any],
    kind: ChangeKind,
    *,
    who: str = "",
    operation: Operation | None = None,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """The same change of many rows, given as rows, as a query or by their keys."""
    keys = rows.values_list("pk", flat=True) if isinstance(rows, QuerySet) else rows
    said = {"kind": kind, "operation": operation, "before": before, "after": after}
    lines = [
        RowChange(row_id=key.pk if isinstance(key, ClearingRow) else key, who=who[:200], reason=reason[:400], **said)
        for key in keys
    ]
    write(lines)


def write(lines: list[RowChange]) -> None:
    """Lines that are written together happened together."""
    now = timezone.now()
    for line in lines:
        line.at = now
    RowChange.objects.bulk_create(lines, batch_size=PIECE)


def people(operation: Operation) -> str:
    """Who asked for the operation, and who approved it."""
    second = f"，复核 {operation.approved_by}" if operation.approved_by_id else ""
    return f"{operation.created_label}{second}"


def undone(operation: Operation, what: str) -> None:
    """The operation's rows stay as they were, and say which step did not happen and why."""
    rows = ClearingRow.objects.filter(operation=operation)
    reason = f"{what}：{operation.message}"
    note(rows, ChangeKind.UNDONE, operation=operation, who=people(operation), reason=reason)


@dataclass(frozen=True)
class Before:
    """A row as it was before a fetch changed it."""

    figures: dict[str, Any]
    state: str
    findings: dict[Finding, dict[str, str]]
    accepted: bool

    @classmethod
    def of(cls, row: ClearingRow) -> "Before":
        figures = row.amounts() | {"monthly_due": row.monthly_due}
        return cls(figures, row.state, _findings(row), row.accepted_at is not None)


def lines_of(row: ClearingRow, before: Before | None, *, by_others: str) -> list[RowChange]:
    """What a fetch changed in the row; `before` is None when it is new here. Nothing is written."""
    lines: list[RowChange] = []

    def add(kind: ChangeKind, **said: Any) -> None:
        lines.append(RowChange(row_id=row.pk, kind=kind, **said))

    if before is None:
        add(ChangeKind.FETCHED, after=RowState(row.state).label)
    else:
        for name, value in before.figures.items():
            if value != (now := getattr(row, name)):
                add(ChangeKind.FIGURE, field=name, before=as_text(value), after=as_text(now))
        if row.state != before.state:
            add(_told(before.state, row.state), who=by_others, **_states(before.state, row.state))
        if before.accepted and row.accepted_at is None:
            add(ChangeKind.LAPSED, reason="数据变动后差异已不同，须重新接受")
    known, now_found = before.findings if before else {}, _findings(row)
    for key, finding in now_found.items():
        if known.get(key) != finding:
            said = {"before": finding["ours"], "after": finding["theirs"], "reason": finding["title"]}
            add(ChangeKind.FOUND, field=key[0], **said)
    for key, finding in known.items():
        if key not in now_found:
            add(ChangeKind.CLEARED, field=key[0], reason=finding["title"])
    return lines


def _told(before: str, now: str) -> ChangeKind:
    if before == RowState.REVOKED:
        return ChangeKind.RETURNED
    if before in (RowState.APPLIED, RowState.APPROVED) and now in (RowState.VERIFIED, RowState.GENERATED):
        return ChangeKind.CANCELLED
    return TOLD.get(RowState(now), ChangeKind.GONE)


def _states(before: str, now: str) -> dict[str, str]:
    return {"before": str(RowState(before).label), "after": str(RowState(now).label)}


def _findings(row: ClearingRow) -> dict[Finding, dict[str, str]]:
    return {(one["rule"], one["field"]): one for one in row.findings}


def as_text(value: Any) -> str:
    """A figure as it is kept: amounts with their two places, nothing for what is not known."""
    return "" if value is None else f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def take_snapshot(
    generation: Generation, *, started_at: datetime, added: int, changed: int, gone: int, complete: bool
) -> FetchSnapshot:
    """After the last page of a fetch: totals of each agency as they are here now."""
    sums = {f"sum_{name}": Sum(name, default=Decimal("0.00")) for name in TOTALLED}
    found = live_rows(generation.scope).order_by("agency").values("agency").annotate(count=Count("pk"), **sums)
    agencies = {
        one["agency"]: {"count": one["count"], **{name: as_text(one[f"sum_{name}"]) for name in TOTALLED}}
        for one in found
    }
    return FetchSnapshot.objects.create(
        environment=generation.environment,
        year=generation.year,
        insurance=generation.insurance,
        agency=generation.agency,
        generation=generation,
        started_at=started_at,
        complete=complete,
        count=sum(one["count"] for one in agencies.values()),
        added=added,
        changed=changed,
        gone=gone,
        agencies=agencies,
    )
