from collections.abc import Iterable, Sequence
from typing import Any, Self


class NotAllowed(Exception):
    """The act is not possible as things stand; the message is a sentence for the person who tried."""

    #: Keys of the rows at fault, of an act about many rows.
    rows: Sequence[Any] = ()
    #: Key of the operation of the journal that is in the way; of the job, where no operation is known.
    running: Any = None
    working: Any = None

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: Name of the form field at fault, if there is one.
        self.field = field

    def about(self, rows: Iterable[Any]) -> Self:
        """The same, naming the rows at fault by their keys."""
        self.rows = tuple(rows)
        return self

    def behind(self, operation: Any = None, *, job: Any = None) -> Self:
        """The same, naming what is under way: the key of an operation, or of a job; None when nothing is known."""
        self.running, self.working = operation, job
        return self


class StandStill(NotAllowed):
    """Nothing new may begin in this institution now (portal.jobs.holds); the gate says so for every page."""

    @property
    def sentence(self) -> str:
        return self.message
