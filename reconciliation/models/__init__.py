"""The rows of reconciliation."""

from reconciliation.models.month import MonthClose
from reconciliation.models.raw_file import Purpose, RawFile
from reconciliation.models.run import Run, RunKind, RunSchedule, RunState
from reconciliation.models.total import Total, TotalState

__all__ = [
    "MonthClose",
    "Purpose",
    "RawFile",
    "Run",
    "RunKind",
    "RunSchedule",
    "RunState",
    "Total",
    "TotalState",
]
