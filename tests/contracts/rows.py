"""One row in any table, for tests that only ask whose it is."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from psycopg import sql
from psycopg.types.json import Jsonb

from portal.access.models import Institution
from portal.access.rows import TenantModel

#: Where a table checks its values, ones that pass.
FITTING: dict[str, dict[str, Any]] = {
    "clearing.CrossRegionBatch": {"count": 2},
    "environments.Switch": {"after": "production"},
    "gateway.NationalEdition": {"content": Jsonb({"province": "样例省", "version": "1"})},
    "injury.Mapping": {"centre_code": "SZFYP999"},
    "reconciliation.Run": {"begin": date(2026, 1, 1), "end": date(2026, 1, 2)},
    "settlement.AcceptanceRun": {"state": "done"},
}


def put_row(owner: psycopg.Connection[Any], model: type[models.Model], institution: Institution) -> Any:
    """Insert one row as the owner, past triggers (they ask about meaning, not about whose it is); returns its id.

    What it refers to is inserted first. A table with checks of its own may need an entry in FITTING.
    """
    fitting = FITTING.get(model._meta.label, {})
    values = {
        str(field.column): fitting.get(field.name, _value(owner, field, institution))
        for field in model._meta.local_concrete_fields
        if not getattr(field, "generated", False) and not (field.primary_key and isinstance(field, models.AutoField))
    }
    table = sql.Identifier(model._meta.db_table)
    key = sql.Identifier(str(model._meta.pk.column))
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
        table,
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        key,
    )
    with owner.transaction():
        if issubclass(model, TenantModel):
            owner.execute("SELECT set_config('app.institution', %s, true)", [str(institution.pk)])
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        found = owner.execute(insert, list(values.values())).fetchone()
        owner.execute(sql.SQL("SET CONSTRAINTS ALL IMMEDIATE"))
        owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
    assert found is not None
    return found[0]


def _value(owner: psycopg.Connection[Any], field: Any, institution: Institution) -> Any:
    if isinstance(field, models.ForeignKey):
        if field.related_model is Institution:
            return institution.pk
        return None if field.null else put_row(owner, field.related_model, institution)
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
