"""One row in any table, for tests that only ask whose it is."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone
from psycopg import sql
from psycopg.types.json import Jsonb

from portal.access.models import Institution
from tests.database import flush

Made = TypeVar("Made")

#: Where a table checks its values, ones that pass.
FITTING: dict[str, dict[str, Any]] = {
    "clearing.CrossRegionBatch": {"count": 2},
    "environments.Switch": {"after": "production"},
    "gateway.NationalEdition": {"content": Jsonb({"province": "样例省", "version": "1"})},
    "injury.Mapping": {"centre_code": "SZFYP999"},
    "reconciliation.Run": {"begin": date(2026, 1, 1), "end": date(2026, 1, 2)},
    "settlement.AcceptanceRun": {"state": "done"},
}


def kept_for_a_module(make: Callable[[], Made], blocker: Any, owner: psycopg.Connection[Any]) -> Iterator[Made]:
    """For a fixture of a module: what `make` commits is there for all tests, which roll back what they change."""
    try:
        with blocker.unblock():
            made = make()
        yield made
    finally:
        with blocker.unblock():
            connection.close()
        flush(owner)


def put_row(owner: psycopg.Connection[Any], model: type[models.Model], institution: Institution) -> Any:
    """Insert one row as the owner, past triggers (they ask about meaning, not about whose it is); returns its id.

    What it refers to is inserted first. A table with checks of its own may need an entry in FITTING.
    """
    return put_rows(owner, [model], institution)[model]


def put_rows(
    owner: psycopg.Connection[Any], wanted: Collection[type[models.Model]], institution: Institution
) -> dict[type[models.Model], Any]:
    """One row in each of these tables and in those they refer to, by table: its id. See `put_row`."""
    found: dict[type[models.Model], Any] = {}
    touched = list(dict.fromkeys(table for model in wanted for table in _with_targets(model)))
    with owner.transaction():
        owner.execute("SELECT set_config('app.institution', %s, true)", [str(institution.pk)])
        _alter(owner, touched, "DISABLE TRIGGER USER")
        for model in touched:  # those that are referred to come first
            found[model] = _insert(owner, model, institution, found)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _alter(owner, touched, "ENABLE TRIGGER USER")
    return found


def _with_targets(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """The tables that a row of this one cannot do without, and then this one."""
    for field in model._meta.local_concrete_fields:
        target = field.related_model
        if isinstance(field, models.ForeignKey) and not field.null and target not in (Institution, model):
            assert isinstance(target, type)
            yield from _with_targets(target)
    yield model


def _alter(owner: psycopg.Connection[Any], tables: Collection[type[models.Model]], step: str) -> None:
    owner.execute("; ".join(f'ALTER TABLE "{model._meta.db_table}" {step}' for model in tables))


def _insert(
    owner: psycopg.Connection[Any],
    model: type[models.Model],
    institution: Institution,
    found: Mapping[type[models.Model], Any],
) -> Any:
    fitting = FITTING.get(model._meta.label, {})
    values = {
        str(field.column): fitting.get(field.name, _value(field, institution, found))
        for field in model._meta.local_concrete_fields
        if not getattr(field, "generated", False) and not (field.primary_key and isinstance(field, models.AutoField))
    }
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        sql.Identifier(str(model._meta.pk.column)),
    )
    row = owner.execute(insert, list(values.values())).fetchone()
    assert row is not None
    return row[0]


def _value(field: Any, institution: Institution, found: Mapping[type[models.Model], Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        if field.related_model is Institution:
            return institution.pk
        return None if field.null else found[field.related_model]
    if field.null:
        return None
    if field.choices:
        return next(value for value, _ in field.flatchoices)
    match field:
        case models.UUIDField():
            return uuid4()
        case ArrayField():
            return []
        case models.JSONField():
            return Jsonb({})
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return date(2025, 1, 1)
        case models.TimeField():
            return datetime(2025, 1, 1).time()
        case models.DecimalField():
            return Decimal(1)
        case models.IntegerField():
            return 1
        case models.GenericIPAddressField():
            return "127.0.0.1"
        case models.CharField() | models.TextField():
            return uuid4().hex[: field.max_length or 32]
    return b"\x00\x01" + bytes(40)  # ciphertext that nobody opens
