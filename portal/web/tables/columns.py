from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Literal

from django.utils import timezone

Kind = Literal["text", "money", "int", "date", "datetime", "state", "id", "exact"]
Tone = Literal["", "good", "warn", "bad", "doubt", "brand"]
#: Characters, for Excel and paper, where a column does not say.
WIDTHS: dict[str, int] = {
    "text": 18,
    "money": 16,
    "int": 10,
    "exact": 12,
    "date": 12,
    "datetime": 20,
    "state": 12,
    "id": 22,
}
NOTHING = "—"


@dataclass(frozen=True)
class Cell:
    """One value as people read it, and as Excel stores it."""

    text: str
    value: Any
    css: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a list: `name` is the field's path on the row (`institution__name`), amounts are yuan.

    `total` sums it over the whole filter in SQL. `kind="id"` stays text in Excel,
    and so does `kind="exact"`: a unit price or quantity, written by `value` with the places it has. `value` computes
    what no field holds; such a column sorts only if `sort` names a field.
    """

    name: str
    label: str
    kind: Kind = "text"
    total: bool = False
    width: int = 0
    help: str = ""
    value: Callable[[Any], Any] | None = field(default=None, compare=False)
    link: Callable[[Any], str] | None = field(default=None, compare=False)
    #: For kind="state": raw value → tone of its tag.
    tones: Mapping[Any, Tone] = field(default_factory=dict, compare=False)
    #: Field to sort by; None = its own field, "" = not sortable.
    sort: str | None = None
    #: Shown before anyone chooses columns.
    shown: bool = True

    @property
    def sort_field(self) -> str:
        if self.sort is not None:
            return self.sort
        return "" if self.value else self.name

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "int")

    @property
    def characters(self) -> int:
        return self.width or max(WIDTHS[self.kind], len(self.label) * 2 + 2)

    def raw(self, row: Any) -> Any:
        """The value itself: a number, date, code or text; None where a relation on the path is empty."""
        if self.value:
            return self.value(row)
        return reduce(lambda thing, part: getattr(thing, part, None), self.name.split("__"), row)

    def worded(self, row: Any, raw: Any) -> Any:
        """The label of a coded value, otherwise the value."""
        if self.value:
            return raw
        *path, last = self.name.split("__")
        owner = reduce(lambda thing, part: getattr(thing, part, None), path, row)
        words = getattr(owner, f"get_{last}_display", None)
        return words() if words and raw is not None else raw

    def cell(self, row: Any) -> Cell:
        """What the screen, the paper and Excel show for this row."""
        raw = self.raw(row)
        value = self.worded(row, raw)
        css = self.kind + (" negative" if self.is_number and raw is not None and raw < 0 else "")
        url = self.link(row) if self.link else ""
        return Cell(self.text(value), value, css, url, self.tones.get(raw, "") if self.kind == "state" else "")

    def text(self, value: Any) -> str:
        """How a value of this column reads: amounts with thousands separators, times in Asia/Shanghai."""
        if value is None or value == "":
            return NOTHING
        if self.kind == "money":
            return f"{Decimal(value):,.2f}"
        if self.kind == "int":
            return f"{value:,}"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S" if self.kind == "datetime" else "%Y-%m-%d")
        if isinstance(value, date):
            return value.strftime("%Y-%m-%d")
        return str(value)
