"""After a test that committed, the database is what the migrations left: whatever the test did to whichever table."""

import threading

import psycopg
import pytest
from django.apps import apps
from psycopg import sql

from tests.cast import sign_in
from tests.contracts.rows import put_rows
from tests.database import flush, public, superuser, tables_in

pytestmark = pytest.mark.django_db(transaction=True)


def changed(session):
    """Tables whose rows are not those that the migrations left; tests/vault looks after its own table itself."""
    kept = tables_in(session, "kept")
    asked = tables_in(session, "public") - {"django_migrations", "vault_test_safe"}
    return {table for table in asked if differs(session, table, kept)}


def differs(session, table, kept):
    now, then = public(table), sql.Identifier("kept", table)
    here = sql.SQL("SELECT t::text FROM {} t").format(now)
    there = sql.SQL("SELECT t::text FROM {} t").format(then) if table in kept else sql.SQL("SELECT '' WHERE false")
    asked = sql.SQL("SELECT EXISTS (({0} EXCEPT ALL {1}) UNION ALL ({1} EXCEPT ALL {0}))").format(here, there)
    return session.execute(asked).fetchone() == (True,)


@pytest.fixture
def session(database_name):
    with superuser(database_name) as session:
        yield session


def test_a_row_in_every_table_is_gone(session, owner_connection, client, alice_member):
    sign_in(client, "alice")  # the log is written by the portal itself
    unfit = {"audit.Event", "audit.Head", "injury.ErrorCode", "vault.Safe"}
    managed = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    models = [model for model in managed if model._meta.label not in unfit]
    put_rows(owner_connection, models, alice_member.institution)
    assert changed(session) >= {model._meta.db_table for model in models} | {"audit_event", "audit_head"}
    flush(owner_connection)
    assert changed(session) == set()


@pytest.mark.parametrize("harm", ["DELETE FROM {}", "UPDATE {0} SET {1} = {1} || 'x'", "DELETE FROM {} WHERE {} > '5'"])
def test_what_the_migrations_wrote_comes_back(session, owner_connection, harm):
    flush(owner_connection)
    columns = {"injury_errorcode": "code", "django_content_type": "model", "auth_permission": "name"}
    for table, column in columns.items():
        session.execute(sql.SQL(harm).format(public(table), sql.Identifier(column)))
    assert changed(session) == set(columns)
    flush(owner_connection)
    assert changed(session) == set()


def test_it_waits_for_whoever_still_writes(session, owner_connection, database_name):
    with superuser(database_name) as late, late.transaction():
        late.execute("INSERT INTO django_session VALUES ('late', '', now())")
        sweeping = threading.Thread(target=flush, args=[owner_connection])
        sweeping.start()
        sweeping.join(0.2)
        assert sweeping.is_alive()
    sweeping.join(20)
    assert changed(session) == set()


def test_large_tables_shrink_again(session, owner_connection):
    session.execute("INSERT INTO django_session SELECT n, repeat('x', 500), now() FROM generate_series(1, 2000) n")
    flush(owner_connection)
    assert session.execute("SELECT pg_relation_size('django_session')").fetchone() == (0,)


def test_the_tests_themselves_may_not_do_this(owner_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("SET session_replication_role = replica")
