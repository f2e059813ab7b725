"""Model fields whose column holds only ciphertext, and the keyed index beside it."""

import json
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from portal.access.door import current_institution
from portal.vault.marks import INDEX_SIZE, blind_index
from portal.vault.seal import Place
from portal.vault.sealed import Sealed, SealedData

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    _Field = models.Field[_ST, _GT]
    _Binary = models.BinaryField[bytes | None, bytes | None]
else:
    _Binary = models.BinaryField

    class _Field(models.Field):
        """Django's fields take no type arguments when running."""

        def __class_getitem__(cls, _):
            return cls


class _Ready(bytes):
    """Ciphertext that save() has prepared for this very row."""


class SealedAttribute(DeferredAttribute):
    """Turns what is assigned into a Sealed, and binds what was read to the row it was read from."""

    field: "SealedField[Any, Any]"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed) and value.place is None and instance.pk is not None:
            value.settle(place_of(instance, self.field))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        name = self.field.attname
        if isinstance(value, Sealed):
            instance.__dict__[name] = self._moved(instance, value)
        else:
            instance.__dict__[name] = None if value is None else self.field.fresh(value)

    def _moved(self, instance: Any, value: Sealed) -> Sealed:
        key = instance._meta.pk.attname
        here = place_of(instance, self.field) if instance.__dict__.get(key) is not None else None
        if value.place is None and not value.is_fresh:  # comes from the database
            if here is not None:
                value.settle(here)
            return value
        if value.place is not None and value.place == here:
            return value
        return type(value)(value.plain())  # another row's secret: sealed anew for this one


class SealedField(_Field[_ST, _GT]):
    """Text that is stored as SM4-GCM ciphertext, bound to table, column, institution, row and key version.

    Assign plain text; reading gives a `Sealed`. Works with save, bulk_create and bulk_update; queryset.update() is
    refused, as is every lookup but isnull (search needs a BlindIndex). Forms offer it write-only: an empty entry keeps
    what is stored. The row's primary key must be known before it is saved, as that of every TenantModel is.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: str | Sealed
        _pyi_private_get_type: Sealed

    descriptor_class = SealedAttribute
    empty_strings_allowed = False
    sealed_class: type[Sealed] = Sealed

    def fresh(self, value: Any) -> Sealed:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}")
        return self.sealed_class(value)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.primary_key or self.unique or getattr(self, "db_index", False):
            found.append(checks.Error("a sealed column cannot be indexed", obj=self, id="vault.E004"))
        return found

    # --- to and from the database

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else self.sealed_class(cipher=bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        here = place_of(model_instance, self)
        if value.place != here:  # the row was given another primary key after it was read
            value = self.sealed_class(value.plain(), place=here)
            model_instance.__dict__[self.attname] = value
        return _Ready(value.closed())

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, _Ready):
            return value
        if isinstance(value, Sealed) and value.place is not None:
            return value.closed()  # bulk_update: the instance's own value
        raise TypeError(f"{self.name} is sealed a row at a time: use save(), bulk_create() or bulk_update()")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        ready = self.get_prep_value(value)
        return None if ready is None else connection.Database.Binary(bytes(ready))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed and is not serialized")

    # --- validation and forms: write-only

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        super().clean(value.plain() if isinstance(value, Sealed) else value, model_instance)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        defaults: dict[str, Any] = {
            "label": self.verbose_name,
            "help_text": self.help_text or "保存后不再显示；留空表示不修改",
            "required": False,
            "strip": True,
            "widget": forms.PasswordInput(attrs={"autocomplete": "off"}),
        }
        return forms.CharField(**{**defaults, **kwargs})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data not in (None, ""):
            setattr(instance, self.attname, data)


class SealedJson(SealedField[_ST, _GT]):
    """A JSON value, sealed as its text; `.reveal()` gives the value."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: SealedData

    sealed_class = SealedData

    def fresh(self, value: Any) -> Sealed:
        return self.sealed_class(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def formfield(self, **kwargs: Any) -> None:
        return None


class BlindIndex(_Binary):
    """Keyed HMAC-SM3 of a sealed column of the same row, for equality search: filter `…__in=blind_indexes(text)`.

    Computed by save and bulk_create; with bulk_update name it beside its source. It changes with the master key, so a
    unique constraint on it holds only within one key version.
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, "null": True, "max_length": INDEX_SIZE, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        secret = getattr(model_instance, self.source)
        index = None if secret is None else blind_index(secret.plain(), institution_of(model_instance))
        setattr(model_instance, self.attname, index)
        return index


def closed_for(instance: models.Model, name: str) -> Any:
    """The ciphertext of this row's sealed column, for a queryset.update() of this one row; None when empty."""
    return instance._meta.get_field(name).pre_save(instance, False)  # type: ignore[union-attr]


def place_of(instance: models.Model, field: "models.Field[Any, Any]") -> Place:
    """Where this field of this row is; raises TypeError while the row has no primary key."""
    if instance.pk is None:
        raise TypeError(f"{field.name} is bound to its row: give {type(instance).__name__} a primary key before saving")
    key = instance._meta.pk
    row = str(key.to_python(instance.pk))
    return Place(instance._meta.db_table, str(field.column), institution_of(instance), row)


def institution_of(instance: models.Model) -> int:
    """The row's institution, 0 when its table belongs to the platform."""
    if not hasattr(type(instance), "institution_id"):
        return 0
    loaded = instance.__dict__.get("institution_id")
    return int(loaded or current_institution() or instance.institution_id)  # type: ignore[attr-defined]
