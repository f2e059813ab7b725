"""Every institution's rows stand behind a wall of the database's own (design 4.1), walked table by table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import DatabaseError, connection, models, transaction
from psycopg import sql

from portal.access.door import platform_tx, tenant_tx
from portal.access.models import Institution
from portal.access.rows import TenantModel
from portal.access.walls import ALL
from tests.cast import make_institution
from tests.contracts.rows import kept_for_a_module, put_rows

#: Tables whose rows the platform's side may see: none with patient data. Why each must be seen:
PLATFORM_ROWS = {
    "access.Membership": "sign-in asks which institutions a person belongs to before one is chosen",
    "access.BreakGlass": "platform administrators open and close their emergency views",
    "access.RoleGrant": "platform administrators appoint an institution's first administrator",
    "access.InstitutionKey": "a key is looked up before it is known whose it is",
    "channels.Channel": "workers ask which institutions use a gateway; keys are sealed",
}
#: Tables that name an institution without being walled. Why each may be:
NAMES_AN_INSTITUTION = {
    "access.Institution": "the institution itself",
    "access.User": "who looks after an account; read before an institution is chosen",
    "access.ResetCode": "a reset code is used before sign-in; holds a hash only",
}
#: Unique across institutions. Why each may tell two institutions apart from one another:
UNIQUE_EVERYWHERE: dict[str, str] = {
    "access_institutionkey.prefix": "a key is looked up by its prefix before it is known whose it is",
}

TENANTS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if issubclass(model, TenantModel) and not model.__module__.startswith("tests.")
]
every_tenant_table = pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.label) for model in TENANTS])


def ask(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def test_there_are_tables_to_walk():
    assert {"access.Membership", "gateway.Operation", "clearing.ClearingRow"} <= {one._meta.label for one in TENANTS}


# --- what the catalogue says


@every_tenant_table
def test_it_is_walled_for_everyone(db, model):
    table = model._meta.db_table
    assert ask("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table) == [
        (True, True)
    ]
    policies = ask(
        "SELECT polname, polcmd, polpermissive, polroles = '{0}', pg_get_expr(polqual, polrelid),"
        " pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
        table,
    )
    own = "(institution_id = app.cur_inst())"  # called bare: in a sub-select it would be lazy
    if model.platform_rows:
        policies = [tuple(_flat(part) for part in policy) for policy in policies]
        low, high = (
            f"CASE WHEN app.is_platform() THEN {end} ELSE app.cur_inst() END"
            for end in ("(0)::bigint", "'9223372036854775807'::bigint")
        )
        own = f"((institution_id >= {low}) AND (institution_id <= {high}))"
    assert policies == [("institution", "*", True, True, own, own)]


def _flat(part: Any) -> Any:
    return " ".join(part.split()) if isinstance(part, str) else part


@every_tenant_table
def test_it_belongs_to_exactly_one_institution(db, model):
    column = ask(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'institution_id'",
        model._meta.db_table,
    )
    assert column == [(True,)]


@every_tenant_table
def test_its_rows_point_only_to_rows_of_their_own_institution(db, model):
    table = model._meta.db_table
    assert (["institution_id", "id"] in [columns for columns, _ in unique_keys(table)]) is model.own_key
    found = ask(
        "SELECT array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o)"
        "   JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY o), confrelid::regclass::text"
        " FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass AND convalidated",
        table,
    )
    for field in model._meta.local_fields:
        target = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(target, type) and issubclass(target, TenantModel):
            if field.name in model.keyed_with.values():
                continue  # comes with another key, below
            along = model.keyed_with.get(field.name)
            columns = [*([model._meta.get_field(along).column] if along else []), field.column]
            assert (["institution_id", *columns], target._meta.db_table) in found, field.name
        assert not isinstance(field, GenericForeignKey)


def test_a_line_is_of_the_epoch_of_its_batch(db):
    """Where one key checks two columns, the row pointed to has both."""
    [model] = [model for model in TENANTS if model.keyed_with]
    assert model._meta.label == "injury.BatchLine"
    for name, along in model.keyed_with.items():
        target, other = (cast(type[TenantModel], model._meta.get_field(one).related_model) for one in (name, along))
        assert target._meta.get_field(along).related_model is other
        assert not target._meta.get_field(along).null


@every_tenant_table
def test_its_unique_keys_start_with_the_institution(db, model):
    table = model._meta.db_table
    for columns, is_primary in unique_keys(table):
        if is_primary or columns[0] == "institution_id":
            continue
        assert f"{table}.{','.join(columns)}" in UNIQUE_EVERYWHERE, "tells one institution what another one has"


def unique_keys(table: str) -> list[tuple[list[str], bool]]:
    return ask(
        "SELECT array(SELECT coalesce(attname::text, pg_get_indexdef(indexrelid, o::int, true))"
        "   FROM unnest(indkey::int[]) WITH ORDINALITY k(n, o)"
        "   LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = n AND n > 0 ORDER BY o), indisprimary"
        " FROM pg_index WHERE indisunique AND indrelid = %s::regclass",
        table,
    )


def test_the_exemptions_are_all_in_use(db):
    assert {model._meta.label for model in TENANTS if model.platform_rows} == set(PLATFORM_ROWS)
    used = {f"{m._meta.db_table}.{','.join(key)}" for m in TENANTS for key, _ in unique_keys(m._meta.db_table)}
    assert set(UNIQUE_EVERYWHERE) <= used
    assert names_an_institution() == set(NAMES_AN_INSTITUTION)


def names_an_institution() -> set[str]:
    """Tables with a column that says which institution, but no wall."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model in TENANTS or model.__module__.startswith("tests."):
            continue
        columns = {str(field.column) for field in model._meta.local_concrete_fields}
        refers = {f.related_model for f in model._meta.local_fields if isinstance(f, models.ForeignKey)}
        if model is Institution or Institution in refers or "institution_id" in columns or refers & set(TENANTS):
            found.add(model._meta.label)
    return found


# --- what the app role can do


@dataclass(frozen=True)
class Neighbours:
    """Two hospitals: the second has one row in every table."""

    a: Institution
    b: Institution
    rows: dict[type[models.Model], Any]


@pytest.fixture(scope="module")
def hospitals(
    django_db_setup: None, django_db_blocker: Any, owner_connection: psycopg.Connection[Any]
) -> Iterator[Neighbours]:
    """Committed once for all tables; what a test changes is rolled back with it."""

    def made() -> Neighbours:
        a, b = make_institution("H14020000001", "演示医院甲"), make_institution("H14020000002", "演示医院乙")
        return Neighbours(a, b, put_rows(owner_connection, TENANTS, b))

    yield from kept_for_a_module(made, django_db_blocker, owner_connection)


@every_tenant_table
def test_it_refuses_everyone_while_no_institution_is_set(hospitals, db, model):
    table, pk = model._meta.db_table, hospitals.rows[model]
    columns = {"SELECT": f"SELECT * FROM {table}", "UPDATE": f"UPDATE {table} SET id = id"}
    statements = {**columns, "DELETE": f"DELETE FROM {table}", "INSERT": f"INSERT INTO {table} (id) VALUES (%s)"}
    for right in may(model):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            ask(statements[right], *([pk] if right == "INSERT" else []))
        assert refused(caught.value), right


@every_tenant_table
def test_it_refuses_even_when_the_table_is_empty(db, model):
    with pytest.raises(DatabaseError, match="no institution set"), transaction.atomic():
        ask(f"SELECT * FROM {model._meta.db_table}")


def refused(error: DatabaseError) -> bool:
    """By the wall; or by a trigger that came first, which may look at other tables behind their walls."""
    return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege | psycopg.errors.CheckViolation)


@every_tenant_table
def test_another_institutions_row_can_be_neither_seen_nor_touched(hospitals, db, model):
    table, pk = model._meta.db_table, hospitals.rows[model]
    with tenant_tx(hospitals.b.pk):
        assert ask(f"SELECT count(*) FROM {table} WHERE id = %s", pk) == [(1,)], "else this would prove nothing"
    with tenant_tx(hospitals.a.pk):
        assert ask(f"SELECT count(*) FROM {table} WHERE institution_id <> %s", hospitals.a.pk) == [(0,)]
        assert model._base_manager.filter(pk=pk).first() is None
        if "UPDATE" in may(model):
            assert changed(f"UPDATE {table} SET id = id WHERE id = %s", pk) == 0
        if "DELETE" in may(model):
            assert changed(f"DELETE FROM {table} WHERE id = %s", pk) == 0
    with platform_tx():
        count = f"SELECT count(*) FROM {table} WHERE id = %s"
        if model.platform_rows:
            assert ask(count, pk) == [(1,)]
        else:
            with pytest.raises(DatabaseError, match="no institution set"), transaction.atomic():
                ask(count, pk)


@every_tenant_table
def test_a_row_can_be_neither_put_nor_moved_into_another_institution(hospitals, db, model):
    table, pk = model._meta.db_table, hospitals.rows[model]
    columns = sql.SQL(", ").join(sql.Identifier(str(f.column)) for f in copied(model)).as_string(connection.connection)
    if "INSERT" in may(model):
        # The whole row as hospital B has it, under a new id, offered from hospital A's side.
        with tenant_tx(hospitals.b.pk):
            values = ask(f"SELECT {columns} FROM {table} WHERE id = %s", pk)[0]
        marks = ", ".join(["%s"] * len(values))
        with tenant_tx(hospitals.a.pk), pytest.raises(DatabaseError) as caught, transaction.atomic():
            ask(f"INSERT INTO {table} (id, {columns}) VALUES (%s, {marks})", uuid4(), *map(_given, values))
        assert refused(caught.value)
    if "UPDATE" in may(model):
        with tenant_tx(hospitals.b.pk), pytest.raises(DatabaseError) as caught, transaction.atomic():
            ask(f"UPDATE {table} SET institution_id = %s WHERE id = %s", hospitals.a.pk, pk)
        assert refused(caught.value)


def _given(value: Any) -> Any:
    return psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value


def copied(model: type[models.Model]) -> list[Any]:
    fields = model._meta.local_concrete_fields
    return [field for field in fields if field.name != "id" and not getattr(field, "generated", False)]


def may(model: type[models.Model]) -> tuple[str, ...]:
    return getattr(model, "app_may", ALL)


def changed(statement: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount
