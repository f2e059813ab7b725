"""Row security for every tenant table, raised after each migration as the owner (design 4.1).

The app role is granted a tenant table only after its wall stands, so a forgotten wall is a missing grant, never a leak.
Everything here may run again: it creates what is missing and replaces what differs.
"""

from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from portal.access.rows import TenantModel

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
OWN_ROWS = "institution_id = app.cur_inst()"
#: Comparisons with bare calls, so that the planner asks them even for an empty table and may use the index.
OWN_OR_PLATFORM = (
    "institution_id BETWEEN CASE WHEN app.is_platform() THEN 0::bigint ELSE app.cur_inst() END"
    " AND CASE WHEN app.is_platform() THEN 9223372036854775807 ELSE app.cur_inst() END"
)


def raise_walls(**_: Any) -> None:
    """Wall and grant every table; called once a migrate run, by the last app's post_migrate."""
    # In one transaction: a running portal never meets a table between two policies.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role()])
        found = cursor.fetchone()
        if found is None:
            raise RuntimeError(f"the app role {role()} does not exist")
        if found[0]:
            raise RuntimeError(f"the app role {role()} may bypass row security: choose another")
        cursor.execute(f"GRANT USAGE ON SCHEMA app, public TO {quoted(role())}")
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
        present = set(connection.introspection.table_names(cursor))
        unforce(cursor, present)
        for model in apps.get_models(include_auto_created=True):
            if model._meta.db_table not in present or not model._meta.managed:
                continue
            if issubclass(model, TenantModel):
                tie(cursor, model)
        for model in apps.get_models(include_auto_created=True):
            if model._meta.db_table not in present or not model._meta.managed:
                continue
            if issubclass(model, TenantModel):
                wall(cursor, model)
            grant(cursor, model)
        cursor.execute(f"GRANT SELECT ON django_migrations TO {quoted(role())}")  # start-up checks ask what has run


def lower_for_owner(**_: Any) -> None:
    """Before migrations run: a new foreign key is checked by the owner, who must see the rows it is checked against.

    Only the owner's own view changes (FORCE); the app role stays behind the walls all the time.
    """
    with connection.cursor() as cursor:
        unforce(cursor, set(connection.introspection.table_names(cursor)))


def unforce(cursor: CursorWrapper, present: set[str]) -> None:
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, TenantModel) and model._meta.db_table in present:
            cursor.execute(f"ALTER TABLE {quoted(model._meta.db_table)} NO FORCE ROW LEVEL SECURITY")


class Tie(NamedTuple):
    """A foreign key of a tenant table: its name, its columns after the institution, and those of the other table."""

    name: str
    columns: tuple[str, ...]
    other: str
    theirs: tuple[str, ...]


def ties(model: type[TenantModel]) -> list[Tie]:
    """The keys by which its rows point to rows of their own institution."""
    table, found = model._meta.db_table, []
    columns = {field.name: str(field.column) for field in model._meta.local_concrete_fields}
    for field in model._meta.local_fields:
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        if not (isinstance(target, type) and issubclass(target, TenantModel)):
            continue
        other, column = target._meta.db_table, columns[field.name]
        if along := model.keyed_with.get(field.name):
            theirs = {one.name: str(one.column) for one in target._meta.local_concrete_fields}[along]
            found.append(Tie(f"{table}_{column}_with"[:63], (columns[along], column), other, (theirs, "id")))
        elif field.name not in model.keyed_with.values():
            found.append(Tie(f"{table}_{column}_own"[:63], (column,), other, ("id",)))
    return found


def tie(cursor: CursorWrapper, model: type[TenantModel]) -> None:
    """Keys that start with the institution: a row can only point to a row of its own institution."""
    table = model._meta.db_table
    if model.own_key:
        add_constraint(cursor, table, f"{table}_own_key", "UNIQUE (institution_id, id)")
    else:  # of a time before, perhaps; refused by the database when something points to it
        drop_constraint(cursor, table, f"{table}_own_key")
    for names in model.keyed_with.items():  # of a time when each had a key of its own
        for name in names:
            drop_constraint(cursor, table, f"{table}_{name}_id_own"[:63])
    for name, columns, other, theirs in ties(model):
        ours, key = (", ".join(map(quoted, ["institution_id", *part])) for part in (columns, theirs))
        unique = f"{other}_own_key" if theirs == ("id",) else f"{other}_own_{theirs[0]}"
        add_constraint(cursor, other, unique, f"UNIQUE ({key})")
        rule = f"FOREIGN KEY ({ours}) REFERENCES {quoted(other)} ({key}) DEFERRABLE INITIALLY DEFERRED"
        add_constraint(cursor, table, name, rule)


def check_keys_at_once(model: type[TenantModel]) -> str:
    """The statement by which the keys of new rows to their institution's rows are checked row by row from here on, no
    longer at the end of the transaction.
    """
    names = ", ".join(quoted(name) for name, *_ in ties(model))
    return f"SET CONSTRAINTS {names} IMMEDIATE"


def wall(cursor: CursorWrapper, model: type[TenantModel]) -> None:
    table = model._meta.db_table
    rule = OWN_OR_PLATFORM if model.platform_rows else OWN_ROWS
    cursor.execute(f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY")
    cursor.execute(f"ALTER TABLE {quoted(table)} FORCE ROW LEVEL SECURITY")
    cursor.execute(f"DROP POLICY IF EXISTS institution ON {quoted(table)}")
    cursor.execute(f"CREATE POLICY institution ON {quoted(table)} USING ({rule}) WITH CHECK ({rule})")


def grant(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Grants what the model allows (`app_may`), and its sequences; never DDL, TRUNCATE or REFERENCES."""
    table, may = model._meta.db_table, getattr(model, "app_may", ALL)
    cursor.execute(f"REVOKE ALL ON {quoted(table)} FROM {quoted(role())}")
    if may:
        cursor.execute(f"GRANT {', '.join(may)} ON {quoted(table)} TO {quoted(role())}")
    for sequence in connection.introspection.get_sequences(cursor, table, model._meta.local_fields):
        if sequence.get("name"):
            cursor.execute(f"GRANT USAGE ON SEQUENCE {quoted(sequence['name'])} TO {quoted(role())}")


def add_constraint(cursor: CursorWrapper, table: str, name: str, definition: str) -> None:
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass", [name, quoted(table)])
    if cursor.fetchone() is None:
        cursor.execute(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}")


def drop_constraint(cursor: CursorWrapper, table: str, name: str) -> None:
    cursor.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT IF EXISTS {quoted(name)}")


def role() -> str:
    return str(settings.DATABASE_APP_ROLE)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
