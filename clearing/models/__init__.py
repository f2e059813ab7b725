from clearing.models.application import Application, ApplicationState
from clearing.models.generation import Generation, GenerationState
from clearing.models.history import ChangeKind, FetchSnapshot, RowChange
from clearing.models.row import ClearingRow, RowState
from clearing.models.scope import ClearingYear, Scope, Scoped

__all__ = [
    "Application",
    "ApplicationState",
    "ChangeKind",
    "ClearingRow",
    "ClearingYear",
    "FetchSnapshot",
    "Generation",
    "GenerationState",
    "RowChange",
    "RowState",
    "Scope",
    "Scoped",
]
