"""The sandbox's tables of work injury."""

from injury.sandbox.models.people import Centre, Filing, Injury, Person, Report, Treatment
from injury.sandbox.models.sessions import Session
from injury.sandbox.models.stays import Advice, Batch, Line, Material, Published, State, Stay

__all__ = [
    "Advice",
    "Batch",
    "Centre",
    "Filing",
    "Injury",
    "Line",
    "Material",
    "Person",
    "Published",
    "Report",
    "Session",
    "State",
    "Stay",
    "Treatment",
]
