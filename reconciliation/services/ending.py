"""How a run stands: from the answers of its last round and the differences that it left."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from portal.audit import record
from portal.gateway.national import NATIONAL
from reconciliation.actions import RUN_ENDED
from reconciliation.models import (
    Difference,
    DifferenceKind,
    DifferenceState,
    Run,
    RunState,
    Sighting,
    Total,
    TotalState,
)
from reconciliation.services.totals import latest

SILENT = (TotalState.REFUSED, TotalState.UNANSWERED, TotalState.UNASKABLE)
NOTHING = "没有需要对账的结算"


def locked_run(run: Run) -> Run:
    """The run as it is now, locked until the transaction ends."""
    return Run.objects.select_for_update(of=("self",)).get(pk=run.pk)


def sightings_of(run: Run) -> QuerySet[Sighting]:
    """What the last round of a run saw, what is only under way among it."""
    return Sighting.objects.filter(run=run, round=run.round)


def seen_by(run: Run) -> QuerySet[Difference]:
    """The differences that the last round of a run saw, those that were only under way left out."""
    kinds = DifferenceKind.exceptions()
    return Difference.objects.filter(sightings__run=run, sightings__round=run.round, sightings__kind__in=kinds)


def refresh(run: Run) -> None:
    """Count what the run left and what is still open; inside the door, after decisions, too."""
    open_ones = Q(difference__state__in=DifferenceState.live())
    found = (
        sightings_of(run)
        .filter(kind__in=DifferenceKind.exceptions())
        .aggregate(all=Count("pk"), open=Count("pk", filter=open_ones), gap=Sum("total_gap", filter=open_ones))
    )
    run.differences, run.open_differences = found["all"], found["open"]
    run.difference_amount = found["gap"] or Decimal("0.00")
    fields = ["differences", "open_differences", "difference_amount"]
    if run.family != NATIONAL.name and run.state in (RunState.BALANCED, RunState.DIFFERENT):
        run.state = RunState.DIFFERENT if run.open_differences else RunState.BALANCED
        fields.append("state")
    run.save(update_fields=fields)


def state_of(totals: Iterable[Total]) -> RunState:
    """What the answers say together: waiting before everything else, then a difference, then silence. Pure."""
    states = [one.state for one in totals]
    applying = [one for one in totals if one.is_application]
    if any(one.state in (TotalState.ASKING, TotalState.DOUBTFUL) for one in applying):
        return RunState.WAITING
    if TotalState.DIFFERENT in states:
        return RunState.DIFFERENT
    return RunState.FAILED if any(one in SILENT for one in states) else RunState.BALANCED


def conclude(run: Run, *, note: str | None = None) -> Run:
    """Write down how the national run stands now; a run that waits for an application is concluded again later."""
    run = locked_run(run)
    totals = latest(run.pk, run.round)
    words = run.note if note is None else note
    silent = [one for one in totals if one.state in SILENT]
    if note is not None and silent:
        words = "；".join(filter(None, (words, f"{silent[0].scope_label}：{silent[0].said}")))
    finish(run, state_of(totals), words or ("" if totals else NOTHING))
    refresh(run)
    return run


def finish(run: Run, state: RunState, note: str) -> None:
    """The run's state, in its history as well; `run` is locked."""
    run.state, run.note = state, note[:500]
    run.ended_at = None if state in RunState.live() else timezone.now()
    if run.rounds:
        run.rounds[-1] |= {
            "state": str(state),
            "note": run.note,
            "ended": run.ended_at.isoformat() if run.ended_at else "",
        }
    run.save(update_fields=["state", "note", "ended_at", "rounds"])
    if run.ended_at:
        record(RUN_ENDED, run, by=None, what=str(run), state=RunState(run.state).label, note=run.note or "—")
