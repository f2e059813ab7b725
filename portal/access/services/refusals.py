class NotAllowed(Exception):
    """The act is not possible as things stand; the message is a sentence for the person who tried."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: Name of the form field at fault, if there is one.
        self.field = field
