"""Why a step was not taken: one sentence, the field it belongs to, and nothing has changed."""

from collections.abc import Sequence

from portal.access.services.refusals import NotAllowed


class Refused(NotAllowed):
    """The step does not fit the present state, or what was given is wrong.

    `field` is the form's or the API's name for what is wrong; `faults` has all of them when there are several.
    """

    def __init__(self, message: str, field: str = "", faults: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message, field)
        self.faults = tuple(faults) or ((field, message),)

    @property
    def sentence(self) -> str:
        return self.message

    @classmethod
    def of(cls, faults: Sequence[tuple[str, str]]) -> "Refused":
        """One refusal that names every fault (field, sentence)."""
        return cls("；".join(sentence for _, sentence in faults), faults=faults)
