from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access.member import Member, PortalRequest
from portal.access.rows import in_environment
from portal.web.models import SavedView
from portal.web.tables.bulk import BulkAction, Selection
from portal.web.tables.columns import Cell, Column
from portal.web.tables.filters import ListFilter
from portal.web.tables.paging import Order, Page, page_of
from portal.web.tables.totals import Totals, totals_of

_lists: dict[str, type["ListPage"]] = {}
#: Parameters that say how the list is looked at, not which rows it has.
POSITION = ("after", "before")
OWN = ("sort", "columns", "view", "export", "part", *POSITION)


@dataclass(frozen=True)
class Heading:
    column: Column
    url: str
    direction: str  # "", "ascending", "descending"
    total: str


@dataclass(frozen=True)
class Line:
    pk: str
    cells: list[Cell]
    css: str
    amount: str = ""


class ListPage:
    """A list of rows: filter, sort, keyset pages, totals, columns, saved views, selection, Excel; all from its columns.

    Subclass, declare, override `rows()`; then a view is `return RowList(request.member, request.GET).respond(request)`.
    """

    name: ClassVar[str] = ""  # stable: saved views refer to it
    title: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()
    filterset: ClassVar[type[ListFilter] | None] = None
    default_sort: ClassVar[str] = "-id"
    page_size: ClassVar[int] = 50
    actions: ClassVar[tuple[BulkAction, ...]] = ()
    #: The totalled column whose sum over the ticked rows is named before a bulk action.
    amount: ClassVar[str] = ""
    template: ClassVar[str] = "web/list.html"
    #: None = whoever may see the list may export it.
    export_permission: ClassVar[str | None] = None
    empty: ClassVar[str] = "没有符合条件的记录"
    empty_hint: ClassVar[str] = ""
    #: True only for a list that names the environment of each row, and must show both.
    every_environment: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name and _lists.setdefault(cls.name, cls).__qualname__ != cls.__qualname__:
            raise ValueError(f"list {cls.name!r} is declared twice")

    def __init__(self, member: Member, params: QueryDict) -> None:
        self.member = member
        self.params = params

    # --- what a list says about itself

    def rows(self) -> QuerySet[Any]:
        """Every row the member may see, with select_related for the columns; runs inside the open door."""
        raise NotImplementedError

    def row_css(self, row: Any) -> str:
        return ""

    # --- what is shown

    def own_rows(self) -> QuerySet[Any]:
        """`rows()` of the environment that the institution works in: whatever a list forgets, it never mixes them."""
        institution = self.member.institution
        if self.every_environment or institution is None:
            return self.rows()
        return in_environment(self.rows(), institution.environment)

    @cached_property
    def filter(self) -> ListFilter | None:
        return self.filterset(self.params, queryset=self.own_rows()) if self.filterset else None

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        return self.filter.filtered() if self.filter else self.own_rows()

    @cached_property
    def shown(self) -> tuple[Column, ...]:
        """The chosen columns in declared order, or those shown by default."""
        chosen = set(self.params.getlist("columns"))
        return tuple(c for c in self.columns if c.name in chosen) or tuple(c for c in self.columns if c.shown)

    @cached_property
    def sort(self) -> str:
        asked = self.params.get("sort", "")
        column = {c.name: c for c in self.columns}.get(asked.removeprefix("-"))
        if column is None or not column.sort_field:
            return self.default_sort
        return ("-" if asked.startswith("-") else "") + column.sort_field

    @cached_property
    def order(self) -> Order:
        return Order.of(self.filtered, self.sort)

    @cached_property
    def page(self) -> Page:
        after, before = (self.params.get(name, "") for name in POSITION)
        return page_of(self.filtered, self.order, self.page_size, after=after, before=before)

    @cached_property
    def totals(self) -> Totals:
        if self.params.get("part") == "totals":
            return totals_of(self.filtered, self.columns, at_once=None)
        return totals_of(self.filtered, self.columns)

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(str(r.pk), [c.cell(r) for c in self.shown], self.row_css(r), str(getattr(r, self.amount, "")))
            for r in self.page.rows
        ]

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.shown]

    def _heading(self, column: Column) -> Heading:
        total = column.text(self.totals.sums[column.name]) if column.total and self.totals.known else ""
        if not column.sort_field:
            return Heading(column, "", "", total)
        is_sorted = self.sort.removeprefix("-") == column.sort_field
        descending = is_sorted and self.sort.startswith("-")
        turned = column.name if descending or not is_sorted else f"-{column.name}"
        direction = ("descending" if descending else "ascending") if is_sorted else ""
        return Heading(column, self.address(sort=turned), direction, total)

    @property
    def has_totals(self) -> bool:
        return any(column.total for column in self.shown)

    def address(self, **changes: str) -> str:
        """This list with some parameters changed; always from its first page, unless the change is a position."""
        kept = [
            (name, value)
            for name, values in self.params.lists()
            if name not in (*POSITION, "export", "part", *changes)
            for value in values
            if value
        ]
        return "?" + urlencode([*kept, *((name, value) for name, value in changes.items() if value)])

    @property
    def next_url(self) -> str:
        return self.address(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.address(before=self.page.previous) if self.page.previous else ""

    @property
    def first_url(self) -> str:
        return self.address()

    @property
    def is_first_page(self) -> bool:
        return not self.previous_url

    @property
    def export_url(self) -> str:
        return self.address(export="xlsx")

    @property
    def totals_url(self) -> str:
        return self.address(part="totals")

    def kept_fields(self, *names: str) -> list[tuple[str, str]]:
        """Parameters that a form about something else must carry along as hidden fields."""
        return [(name, value) for name in names for value in self.params.getlist(name) if value]

    @property
    def view_fields(self) -> list[tuple[str, str]]:
        return self.kept_fields("sort", "columns", "view")

    @property
    def filter_fields(self) -> list[tuple[str, str]]:
        return self.kept_fields(*(name for name in self.params if name not in ("columns", "export", "part", *POSITION)))

    @property
    def filter_query(self) -> str:
        return self.filter.query if self.filter else ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter_query)

    @cached_property
    def bulk_actions(self) -> list[BulkAction]:
        """The member's, each with what the list shows in its confirmation."""
        from portal.web.tables.export import in_words

        allowed = [action for action in self.actions if self.member.may(action.permission)]
        what = in_words(self) if allowed else ""
        return [replace(action, confirm=action.confirm.replace("{what}", what)) for action in allowed]

    @property
    def amount_label(self) -> str:
        return next((column.label for column in self.columns if column.name == self.amount), "")

    @property
    def total_amount(self) -> str:
        """The amount of every row that matches, as exact text; empty while it is not known."""
        return str(self.totals.sums.get(self.amount, "")) if self.totals.known else ""

    @property
    def may_export(self) -> bool:
        return self.export_permission is None or self.member.may(self.export_permission)

    @cached_property
    def saved_views(self) -> list[SavedView]:
        return SavedView.visible_to(self.member, self.name)

    # --- answers

    def respond(self, request: PortalRequest, **context: Any) -> HttpResponseBase:
        """The page; with ?export=xlsx its Excel file, with ?part=totals the totals alone (for very long lists)."""
        if self.params.get("export") == "xlsx":
            return self.export(request)
        if self.params.get("part") == "totals":
            return render(request, "web/list_totals.html", {"list": self})
        return render(request, self.template, {"list": self, **context})

    def export(self, request: PortalRequest) -> HttpResponseBase:
        """Excel of exactly what is shown, all matching rows; raises PermissionDenied without the right to it."""
        from portal.web.tables.export import export_list

        if not self.may_export:
            raise PermissionDenied("您没有导出此列表的权限")
        return cast(HttpResponse, export_list(self, request))

    @classmethod
    def selection(cls, request: PortalRequest) -> Selection:
        """What was ticked in this list's form: foreign and unknown ids match nothing (row security)."""
        is_all = request.POST.get("all") == "1"
        if is_all:
            here = cls(request.member, QueryDict(request.POST.get("query", "")))
            claimed = request.POST.get("claimed", "")
            return Selection(here.filtered, is_all, int(claimed) if claimed.isdecimal() else 0)
        here, ids = cls(request.member, QueryDict()), set(request.POST.getlist("ids"))
        clean = [pk for text in ids if (pk := _pk(here.rows(), text)) is not None]
        return Selection(here.own_rows().filter(pk__in=clean), is_all, len(ids))


def _pk(rows: QuerySet[Any], text: str) -> Any:
    try:
        return rows.model._meta.pk.to_python(text)
    except ValidationError:
        return None


def list_page(name: str) -> type[ListPage]:
    """The declared list; raises LookupError for an unknown name."""
    try:
        return _lists[name]
    except KeyError:
        raise LookupError(f"no list {name!r} is declared") from None
