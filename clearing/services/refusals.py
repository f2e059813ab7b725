"""Why a step was not taken: one sentence that names the field or the rows, and nothing has changed."""

from collections.abc import Iterable

from portal.access.services.refusals import NotAllowed

NAMED = 5


class Refused(NotAllowed):
    """The step does not fit the present state; `field` is the form's or the API's name for what is wrong."""

    @property
    def sentence(self) -> str:
        return self.message


def naming(rows: Iterable[object], count: int) -> str:
    """The first few by name, and how many more: “甲、乙 等 12 条”."""
    first = "、".join(str(row) for row in list(rows)[:NAMED])
    return f"{first} 等 {count} 条" if count > NAMED else first
