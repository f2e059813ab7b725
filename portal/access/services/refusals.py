class NotAllowed(Exception):
    """The act is not possible as things stand; the message is a sentence for the person who tried."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: Name of the form field at fault, if there is one.
        self.field = field


class StandStill(NotAllowed):
    """Nothing new may begin in this institution now (portal.jobs.holds); the gate says so for every page."""

    @property
    def sentence(self) -> str:
        return self.message
