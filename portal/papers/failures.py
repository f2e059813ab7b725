"""Why a paper could not be printed."""


class ForbiddenAsset(ValueError):
    """A paper asked for something it was not given."""


class PaperFailed(RuntimeError):
    """Printing broke off; `sentence` says so to people, and trying again is safe."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
