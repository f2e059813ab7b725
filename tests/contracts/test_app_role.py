"""The role that the processes work as owns nothing and may nothing but what the models say (design 4.1)."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from portal.access.door import tenant_tx
from portal.access.walls import ALL


def ask(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def test_the_app_role_is_nobody_special(db):
    attributes = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
    assert ask(f"SELECT {attributes} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]
    assert ask("SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole") == []
    assert ask("SELECT 1 FROM pg_auth_members WHERE roleid = current_user::regrole") == []


def test_the_app_role_owns_nothing(db):
    for catalogue, owner in [
        ("class", "relowner"),
        ("proc", "proowner"),
        ("namespace", "nspowner"),
        ("type", "typowner"),
    ]:
        assert ask(f"SELECT 1 FROM pg_{catalogue} WHERE {owner} = current_user::regrole") == []
    assert ask("SELECT 1 FROM pg_database WHERE datdba = current_user::regrole") == []


def test_the_app_role_is_granted_what_the_models_say_and_nothing_else(db):
    granted: dict[str, set[str]] = {}
    for table, right in ask(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN (current_user, 'PUBLIC') AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    ):
        granted.setdefault(table, set()).add(right)
    expected = {
        model._meta.db_table: set(getattr(model, "app_may", ALL))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model.__module__.startswith("tests.")
    }
    granted.pop("vault_test_safe", None)
    expected = {table: rights for table, rights in expected.items() if rights}
    assert granted == {**expected, "django_migrations": {"SELECT"}}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine ()",
        "CREATE TABLE app.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION app.cur_inst() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE ROLE mine",
        "SET ROLE yibao_owner",
        "SET SESSION AUTHORIZATION yibao_owner",
        "SET session_replication_role = replica",
        "COPY (SELECT 1) TO '/tmp/mine'",
        *(
            statement.format(table=table)
            for table in ("access_membership", "clearing_clearingrow")
            for statement in (
                "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
                "ALTER TABLE {table} DISABLE TRIGGER ALL",
                "DROP POLICY institution ON {table}",
                "CREATE POLICY mine ON {table} USING (true)",
                "TRUNCATE {table}",
                "DROP TABLE {table}",
                "CREATE INDEX mine ON {table} (id)",
                "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()",
            )
        ),
    ],
)
def test_the_app_role_can_change_no_structure(db, statement):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        ask(statement)
    assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_switching_row_security_off_raises_instead_of_showing_everything(db, hospital_a):
    with tenant_tx(hospital_a.pk), transaction.atomic():
        ask("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ask("SELECT * FROM access_membership")
