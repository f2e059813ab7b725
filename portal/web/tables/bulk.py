"""What a person ticked in a list: some rows, or everything the filter matches."""

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.urls import reverse


@dataclass(frozen=True)
class BulkAction:
    """A button for the ticked rows; it posts the selection to `url_name`.

    In `confirm`, `{n}` is the number of rows, `{amount}` their sum in the list's `amount` column (yuan), and `{what}`
    the conditions of the list. `shortcut` is the key that presses it: "Alt+H".
    """

    label: str
    url_name: str
    permission: str
    tone: Literal["primary", "success", "danger", "light"] = "primary"
    confirm: str = ""
    confirm_title: str = ""
    shortcut: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


class SelectionChanged(Exception):
    """The rows that match are not as many as the person was shown; its text is for people."""


@dataclass(frozen=True)
class Selection:
    """The chosen rows as a query; `claimed` is the number the person saw when choosing all that match."""

    rows: QuerySet[Any]
    is_all: bool
    claimed: int

    def checked(self) -> QuerySet[Any]:
        """The rows; raises SelectionChanged when nothing is chosen or "all" is no longer what was shown."""
        found = self.rows.count()
        if not found:
            raise SelectionChanged("请先选择记录")
        if found != self.claimed:
            raise SelectionChanged(f"符合条件的记录已由 {self.claimed} 条变为 {found} 条，请重新查看后再操作")
        return self.rows
