"""Pages by position, not by number: the cost of a page does not grow with the rows before it (design 6).

A cursor is the sort value and id of a row. Rows that arrive meanwhile never shift a page's rows.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet

LONGEST_CURSOR = 2000


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    #: Cursors for the page after and before this one; "" at the ends.
    next: str
    previous: str


@dataclass(frozen=True)
class Order:
    """One sort field (`-` = descending), made total by the primary key; empty values come last."""

    field: str
    descending: bool
    nullable: bool
    to_python: Any
    pk_to_python: Any

    @classmethod
    def of(cls, rows: QuerySet[Any], sort: str) -> "Order":
        name = sort.removeprefix("-")
        field, nullable = _field(rows, name)
        pk = rows.model._meta.pk
        return cls(name, sort.startswith("-"), nullable, field.to_python, pk.to_python)

    @property
    def is_pk(self) -> bool:
        return self.field in ("pk", "id")

    def ordering(self, *, backwards: bool) -> list[Any]:
        down = self.descending != backwards
        pk = "-pk" if down else "pk"
        if self.is_pk:
            return [pk]
        if not self.nullable:
            return [f"-{self.field}" if down else self.field, pk]
        nulls: Any = {"nulls_first": True} if backwards else {"nulls_last": True}
        return [F(self.field).desc(**nulls) if down else F(self.field).asc(**nulls), pk]

    def beyond(self, value: Any, pk: Any, *, backwards: bool) -> Q:
        """The rows after (or before) this position. Starts with a plain bound, so that an index can serve it."""
        side = "lt" if self.descending != backwards else "gt"
        after_pk = Q(**{f"pk__{side}": pk})
        if self.is_pk:
            return after_pk
        empty = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return (empty & after_pk) | ~empty if backwards else empty & after_pk
        bound = Q(**{f"{self.field}__{side}e": value}) & (Q(**{f"{self.field}__{side}": value}) | after_pk)
        return bound | empty if self.nullable and not backwards else bound

    def cursor(self, row: Any) -> str:
        value = None if self.is_pk else _value(row, self.field)
        text = value.isoformat() if isinstance(value, date | datetime) else None if value is None else str(value)
        return base64.urlsafe_b64encode(json.dumps([text, str(row.pk)]).encode()).decode().rstrip("=")

    def position(self, cursor: str) -> tuple[Any, Any] | None:
        """What a cursor says; None for one nobody could have been given (then the first page is shown)."""
        try:
            raw = base64.urlsafe_b64decode(cursor[:LONGEST_CURSOR] + "=" * (-len(cursor) % 4))
            value, pk = json.loads(raw)
            if value is None and not self.nullable and not self.is_pk:
                return None
            return (None if value is None else self.to_python(value)), self.pk_to_python(pk)
        except (binascii.Error, ValueError, TypeError, ValidationError):
            return None


def page_of(rows: QuerySet[Any], order: Order, size: int, *, after: str = "", before: str = "") -> Page:
    """One page of `rows` in one query (size + 1 rows)."""
    backwards = bool(before) and not after
    here = order.position(after or before) if after or before else None
    backwards = backwards and here is not None
    if here is not None:
        rows = rows.filter(order.beyond(*here, backwards=backwards))
    found = list(rows.order_by(*order.ordering(backwards=backwards))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = more or backwards
    has_previous = more if backwards else here is not None
    return Page(
        found,
        next=order.cursor(found[-1]) if found and has_next else "",
        previous=order.cursor(found[0]) if found and has_previous else "",
    )


def _field(rows: QuerySet[Any], name: str) -> tuple["Field[Any, Any]", bool]:
    """The field a path ends in, and whether it can be empty; raises FieldDoesNotExist for a wrong declaration."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field, True
    model, nullable, field = rows.model, False, None
    for part in name.split("__"):
        if part == "pk":
            part = model._meta.pk.name
        field = model._meta.get_field(part)
        nullable = nullable or bool(getattr(field, "null", True))
        if field.related_model is not None:
            model = field.related_model
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"{rows.model.__name__} cannot be sorted by {name}")
    return field, nullable


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row
