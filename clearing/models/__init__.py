from clearing.models.application import Application, ApplicationState
from clearing.models.generation import Generation, GenerationState
from clearing.models.row import ClearingRow, RowState
from clearing.models.scope import ClearingYear, Scope, Scoped

__all__ = [
    "Application",
    "ApplicationState",
    "ClearingRow",
    "ClearingYear",
    "Generation",
    "GenerationState",
    "RowState",
    "Scope",
    "Scoped",
]
