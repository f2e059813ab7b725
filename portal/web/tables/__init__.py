"""The table kit: one registry of columns for the screen, the printed page, Excel and PDF (design 5)."""

from portal.web.tables.bulk import BulkAction, Selection, SelectionChanged
from portal.web.tables.columns import Cell, Column
from portal.web.tables.filters import ListFilter, QuickSearch, choose
from portal.web.tables.listing import ListPage, list_page

__all__ = [
    "BulkAction",
    "Cell",
    "Column",
    "ListFilter",
    "ListPage",
    "QuickSearch",
    "Selection",
    "SelectionChanged",
    "choose",
    "list_page",
]
