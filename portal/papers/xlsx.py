"""Excel files, written row by row so that memory does not grow with them (the only importer of openpyxl).

Text is typed as text: `=1+1` stays four characters, identity numbers and serials keep their digits (design 4.7).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Protocol

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from portal.papers.text import writable

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "微软雅黑"
TEXT = "@"
LONGEST_TEXT = 32_767  # Excel's own limit of a cell
FORMATS = {"money": "#,##0.00", "int": "#,##0", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}


class ColumnLike(Protocol):
    """What a column must say; portal.web.tables.Column does."""

    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def characters(self) -> int: ...


def write_xlsx(
    columns: Sequence[ColumnLike],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    about: Sequence[tuple[str, str]] = (),
    totals: Sequence[Any] | None = None,
) -> bytes:
    """One sheet: title, lines about it (filter, institution, time), frozen header, rows, totals row.

    `rows` holds values in the order of `columns`: Decimal for money (yuan), int, date, aware datetime, or text.
    """
    return _Sheet(columns, title, about).write(rows, totals)


class ColumnCell(Cell):
    """A cell that knows its style's number and is told its type: looking both up again for each value costs double."""

    __slots__ = ("is_text", "number")
    is_text: bool
    number: int
    _value: Any
    has_style = True

    @property
    def style_id(self) -> int:
        return self.number


class _Sheet:
    """A row is serialised the moment it is appended: one styled cell a column is enough, filled again for each row."""

    def __init__(self, columns: Sequence[ColumnLike], title: str, about: Sequence[tuple[str, str]]) -> None:
        self.columns, self.title, self.about = columns, title, about
        self.book = Workbook(write_only=True)
        # The stubs know nothing of a write-only sheet; it has the properties of any other.
        self.sheet: Any = self.book.create_sheet(_sheet_name(title))
        # It would try each of our cells as a value first, and catch the error.
        self.sheet._values_to_row = _placed
        self.kinds = [column.kind for column in columns]

    def write(self, rows: Iterable[Sequence[Any]], totals: Sequence[Any] | None) -> bytes:
        self._set_up()
        self._append(self._cells(["title"]), [self.title])
        note = self._cells(["about"])
        for label, text in self.about:
            self._append(note, [f"{label}：{text}"])
        self._append(self._cells(["head"] * len(self.columns)), [column.label for column in self.columns])
        cells = self._cells(self.kinds)
        for row in rows:
            self._append(cells, row)
        if totals is not None:
            self._append(self._cells([f"total-{kind}" for kind in self.kinds]), totals)
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()

    def _set_up(self) -> None:
        header = len(self.about) + 2
        self.sheet.freeze_panes = f"A{header + 1}"
        for number, column in enumerate(self.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = min(column.characters + 2, 60)
        self.sheet.print_title_rows = f"{header}:{header}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def _append(self, cells: Sequence[ColumnCell], row: Sequence[Any]) -> None:
        for cell, value in zip(cells, row, strict=True):
            fill(cell, value)
        self.sheet.append(cells)

    def _cells(self, kinds: Sequence[str]) -> list[ColumnCell]:
        known = set(self.book.named_styles)
        for kind in dict.fromkeys(kinds):
            if _style_name(kind) not in known:
                self.book.add_named_style(_style(kind))
        return [self._cell(kind, place) for place, kind in enumerate(kinds, start=1)]

    def _cell(self, kind: str, place: int) -> ColumnCell:
        pattern: Any = WriteOnlyCell(self.sheet)
        pattern.style = _style_name(kind)
        cell = ColumnCell(self.sheet, row=1, column=place)
        cell.number = pattern.style_id
        cell.is_text = pattern.number_format == TEXT
        return cell


def _placed(cells: Sequence[ColumnCell], row: int) -> Iterator[ColumnCell]:
    for cell in cells:
        cell.row = row
        yield cell


def fill(cell: ColumnCell, value: Any) -> None:
    """Put a value into the cell, typed: text stays text whatever it begins with; a column of text holds only text."""
    kind = type(value)
    if kind is str:
        cell._value, cell.data_type = writable(value)[:LONGEST_TEXT], "s"
    elif value is None:
        cell._value, cell.data_type = None, "n"
    elif kind is bool:
        cell._value, cell.data_type = "是" if value else "否", "s"
    elif cell.is_text or not isinstance(value, Decimal | int | float | date):
        fill(cell, str(value))
    elif isinstance(value, datetime):
        cell._value, cell.data_type = timezone.localtime(value).replace(tzinfo=None), "d"
    else:
        cell._value, cell.data_type = value, "d" if isinstance(value, date) else "n"


def _style_name(kind: str) -> str:
    return f"portal {kind}"


def _style(kind: str) -> NamedStyle:
    bare = kind.removeprefix("total-")
    style = NamedStyle(name=_style_name(kind), font=Font(name=FONT, size=10), number_format=FORMATS.get(bare, TEXT))
    line = Side(style="thin", color="D6DEE6")
    style.alignment = Alignment(horizontal="right" if bare in ("money", "int", "exact") else "left", vertical="center")
    if kind == "title":
        style.font = Font(name=FONT, size=14, bold=True)
    elif kind == "about":
        style.font = Font(name=FONT, size=9, color="5A6A78")
    else:
        style.border = Border(left=line, right=line, top=line, bottom=line)
    if kind == "head" or bare != kind:
        style.font = Font(name=FONT, size=10, bold=True)
        style.fill = PatternFill("solid", fgColor="EEF3F7")
    if kind == "head":
        style.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return style


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those Excel refuses."""
    return "".join(c for c in writable(title) if c not in "[]:*?/\\'")[:31] or "数据"
