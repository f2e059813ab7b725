"""Rows of a model as JSON. A list has a hundred of them with thirty values each: what a field means is asked once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from rest_framework import ISO_8601, serializers
from rest_framework.fields import Field as Written
from rest_framework.settings import api_settings

M = TypeVar("M", bound=models.Model)
Read = Callable[[Any], Any]
#: A row's own values of these kinds are already what JSON shows.
PLAIN = (serializers.CharField, serializers.ChoiceField, serializers.IntegerField, serializers.BooleanField)


class ReadSerializer(serializers.ModelSerializer[M]):
    """A ModelSerializer that only writes, with the same result in a fraction of the time.

    It takes rows, or dictionaries of `columns()`. Its fields may not depend on the request (`context`): they are made
    once for all requests.
    """

    def get_fields(self) -> Any:
        """Choices that a row may be without are shown empty, and the schema says so: REST framework forgets it."""
        fields = super().get_fields()
        model: Any = self.Meta.model
        known = {one.name: one for one in model._meta.concrete_fields}
        for name, field in fields.items():
            if isinstance(field, serializers.ChoiceField) and (own := known.get(field.source or name)) is not None:
                field.allow_blank = own.blank
        return fields

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The columns its fields are made of; none when a field needs the row itself (a property, a relation)."""
        columns = _columns(cls)
        return tuple(column.source for column in columns) if all(column.is_own for column in columns) else ()

    def to_representation(self, instance: M | dict[str, Any]) -> dict[str, Any]:
        columns = _columns(type(self))
        if isinstance(instance, dict):
            found = {column.name: instance[column.source] for column in columns}
        else:
            found = {column.name: column.read(instance) for column in columns}
        for name, write in _writers(type(self)):
            if found[name] is not None:
                found[name] = write(found[name])
        return found


@dataclass(frozen=True, slots=True)
class Column:
    """One field: how to read it off a row, and how to write it (None: as it is)."""

    name: str
    source: str
    is_own: bool
    read: Read
    write: Read | None


@cache
def _columns(serializer: type[ReadSerializer[Any]]) -> tuple[Column, ...]:
    pattern = serializer()
    return tuple(_column(str(name), field, pattern.Meta.model) for name, field in pattern.fields.items())


@cache
def _writers(serializer: type[ReadSerializer[Any]]) -> tuple[tuple[str, Read], ...]:
    return tuple((column.name, column.write) for column in _columns(serializer) if column.write)


def _column(name: str, field: "Written[Any, Any, Any, Any]", model: type[models.Model]) -> Column:
    source = str(field.source)
    try:
        own = model._meta.get_field(source)
    except FieldDoesNotExist:
        is_own = False
    else:
        is_own = own.concrete and not own.is_relation
    return Column(name, source, is_own, attrgetter(source) if is_own else field.get_attribute, _write(field))


def _write(field: "Written[Any, Any, Any, Any]") -> Read | None:
    if type(field) in PLAIN:
        return None
    if type(field) is serializers.DecimalField and field.decimal_places is not None:
        as_text = getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING)
        return _fixed(field.decimal_places) if as_text and not field.localize else field.to_representation
    if type(field) is serializers.DateTimeField and getattr(field, "format", api_settings.DATETIME_FORMAT) == ISO_8601:
        return _moment
    if isinstance(field, serializers.ListSerializer):
        return _several(field.to_representation)
    return field.to_representation


def _several(write: Read) -> Read:
    return lambda values: write(values) if values else []


def _fixed(places: int) -> Read:
    def write(value: Decimal) -> str:
        return f"{value:.{places}f}"

    return write


def _moment(value: datetime) -> str:
    return timezone.localtime(value).isoformat()
