"""The rows of reconciliation."""

from reconciliation.models.decision import (
    Action,
    Adjustment,
    Alarm,
    AlarmKind,
    Comment,
    Decision,
    DecisionSheet,
    DecisionState,
)
from reconciliation.models.difference import (
    Difference,
    DifferenceKind,
    DifferenceState,
    Outcome,
    Proposal,
    Sighting,
    TheirRow,
)
from reconciliation.models.month import MonthClose
from reconciliation.models.raw_file import Purpose, RawFile
from reconciliation.models.run import Run, RunKind, RunSchedule, RunState
from reconciliation.models.total import Total, TotalState

__all__ = [
    "Action",
    "Adjustment",
    "Alarm",
    "AlarmKind",
    "Comment",
    "Decision",
    "DecisionSheet",
    "DecisionState",
    "Difference",
    "DifferenceKind",
    "DifferenceState",
    "MonthClose",
    "Outcome",
    "Proposal",
    "Purpose",
    "RawFile",
    "Run",
    "RunKind",
    "RunSchedule",
    "RunState",
    "Sighting",
    "TheirRow",
    "Total",
    "TotalState",
]
