"""Test databases: migrated once as the owner, copied for every worker, used as the app role only.

The template is keyed by the migrations, models and walls it was made from, so it is made again only when they change.
What a run leaves behind (killed, power cut) is dropped by the next one: names carry the process number of their run.
"""

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

import administer

ROOT = Path(__file__).resolve().parent.parent
OwnerSQL = Callable[..., list[tuple[Any, ...]]]
#: Each side of the wire: the role that works in its database, and the variables that say where it is.
ROLES = {"portal": "yibao_app", "sandbox": "yibao_sandbox"}
ADDRESSES = {
    "portal": ("DATABASE_URL", "DATABASE_OWNER_URL"),
    "sandbox": ("SANDBOX_DATABASE_URL", "SANDBOX_DATABASE_OWNER_URL"),
}


def url_of(database: str, variable: str = "DATABASE_OWNER_URL") -> str:
    """The address of another database on the same server, for the same role."""
    if variable not in os.environ:
        raise pytest.UsageError("run the tests with bin/test: it prepares the private database")
    return urlsplit(os.environ[variable])._replace(path=f"/{database}").geturl()


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """The workers of all runs take turns."""
    with open(settings.VAR / f"{name}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_number() -> int:
    """Process number of the pytest that started this worker: the same in every worker of a run."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def make_template(side: str) -> str:
    """Name of one side's migrated database that nobody is connected to."""
    fingerprint = administer.fingerprint()[:16]
    name = f"template_{side}_{fingerprint}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        names = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}
        drop_left_over(names, fingerprint)
        if name in names:
            return name
        draft = f"draft_{os.getpid()}_{side}"
        create(server, draft, role=ROLES[side])
        migrate({variable: url_of(draft, variable) for variable in ADDRESSES[side]}, side=side)
        if side == "portal":
            with psycopg.connect(url_of(draft), autocommit=True) as migrated:
                keep_what_migrations_wrote(migrated)
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def migrate(named: dict[str, str], *, side: str) -> None:
    """Apply one side's migrations as the owner of the database that the variables name."""
    command = [sys.executable, "manage.py", *administer.SIDES[side]]
    environment = os.environ | named | {"PORTAL_AS_OWNER": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)  # pytest's is the portal's; manage.py knows which side it is
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise pytest.UsageError(f"the {side}'s migrations fail on an empty database:\n{done.stdout}{done.stderr}")


def create(server: psycopg.Connection[Any], name: str, template: str = "", *, role: str) -> None:
    """A database of the owner, in which this role may work."""
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
    )
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role)))
    if not template:
        with psycopg.connect(url_of(name), autocommit=True) as fresh:
            fresh.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")


def drop(name: str) -> None:
    """Gone, whoever still is in it: also a session of `superuser`, which the owner may not end."""
    with superuser("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_left_over(names: set[str], fingerprint: str) -> None:
    """Databases of runs that are gone, and templates of other migrations."""
    for name in names:
        stale_template = name.startswith("template_") and not name.endswith(fingerprint)
        owner = re.fullmatch(r"(?:draft|portal|sandbox)_(\d+)(?:_\w+)?", name)
        if stale_template or (owner and not Path(f"/proc/{owner[1]}").exists()):
            drop(name)


def keep_what_migrations_wrote(migrated: psycopg.Connection[Any]) -> None:
    """Rows that migrations put into tables (code lists, chain heads) are copied aside, to come back after a flush."""
    migrated.execute("CREATE SCHEMA kept")
    for table in tables_in(migrated, "public", written=True) - {"django_migrations"}:
        migrated.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(sql.Identifier("kept", table), public(table)))


def superuser(database: str) -> psycopg.Connection[Any]:
    """A session that walls, triggers and foreign keys do not concern: only to put test databases back in order.

    Its password is the one of bin/test's own cluster, which holds nothing but tests. It is read from the file that it
    was written to, so nothing that a test runs or starts finds it in its environment.
    """
    if settings.MODE != "test":
        raise pytest.UsageError("run the tests with bin/test: only its cluster is opened as superuser")
    word = json.loads((settings.VAR / "secrets" / "db.json").read_text())["postgres"]
    url = urlsplit(url_of(database))._replace(netloc=f"postgres:{word}@").geturl()
    return psycopg.connect(url, autocommit=True, options="-c session_replication_role=replica -c lock_timeout=30s")


class Broom:
    """Puts one database back to what the migrations left, as often as asked, in a session of its own.

    What it does is compiled once by the server, in the session's own schema: emptying an empty table and looking at
    one that nobody changed then cost next to nothing, so nobody has to find out which tables were used.
    """

    def __init__(self, database: str) -> None:
        self.session = superuser(database)
        tables, kept = tables_in(self.session, "public") - {"django_migrations"}, tables_in(self.session, "kept")
        # Whoever is still writing ends first: what is not committed yet could not be seen, and would come back.
        steps = [sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(map(public, sorted(tables))))]
        steps += [sql.SQL("DELETE FROM {}").format(public(table)) for table in sorted(tables - kept)]
        steps += [sql.SQL(RESTORE).format(public(name), sql.Identifier("kept", name), name) for name in sorted(kept)]
        body = sql.SQL(";\n").join(steps).as_string(self.session)
        self.session.execute("CREATE TEMPORARY TABLE untouched (name text PRIMARY KEY, rows bigint, xmins numeric)")
        self.session.execute(f"CREATE FUNCTION pg_temp.sweep() RETURNS void LANGUAGE plpgsql AS $$BEGIN {body}; END$$")

    def sweep(self) -> None:
        """Every row as the migrations left it; sequences go on, as they do in life."""
        self.session.execute("SELECT pg_temp.sweep()")
        vacuum_grown(self.session, 128 * 1024)


def vacuum_grown(session: psycopg.Connection[Any], size: int) -> None:
    """Sweep out the dead rows of tables with more than so many bytes: too many make every look a long one."""
    for (table,) in session.execute(GROWN, {"bytes": size}).fetchall():
        session.execute(sql.SQL("VACUUM {}").format(public(table)))


#: What migrations wrote is put back when a row came, went or changed: each of these shows in the number of rows or,
#: as transactions are numbered upwards, in the sum of the numbers of those that wrote them.
RESTORE = """
IF (SELECT row(count(*), sum(xmin::text::bigint)) FROM {0})
    IS DISTINCT FROM (SELECT row(rows, xmins) FROM untouched WHERE name = {2}) THEN
    DELETE FROM {0};
    INSERT INTO {0} SELECT * FROM {1};
    DELETE FROM untouched WHERE name = {2};
    INSERT INTO untouched SELECT {2}, count(*), sum(xmin::text::bigint) FROM {0};
END IF"""
GROWN = """
SELECT c.relname
FROM pg_class c LEFT JOIN pg_class k ON k.relname = c.relname AND k.relnamespace = to_regnamespace('kept')
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND pg_relation_size(c.oid) + CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_relation_size(c.reltoastrelid) END
    > %(bytes)s + 2 * coalesce(pg_table_size(k.oid), 0)"""


def tables_in(session: psycopg.Connection[Any], schema: str, *, written: bool = False) -> set[str]:
    """All tables of a schema, or those that ever had a row."""
    rows = session.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"
        " AND (pg_relation_size(oid) > 0 OR NOT %s)",
        [schema, written],
    )
    return {name for (name,) in rows}


def public(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


#: By the name of its database: one for a session of tests.
_BROOMS: dict[str, Broom] = {}


def flush(owner: psycopg.Connection[Any]) -> None:
    """Everything in the database of this connection as the migrations left it."""
    _BROOMS[owner.info.dbname].sweep()


@contextmanager
def database_of_worker(side: str) -> Iterator[str]:
    """Name of a migrated database for this worker alone, dropped at the end."""
    name = f"{side}_{run_number()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with only_one("template"):
        template = make_template(side)
        drop(name)
        with psycopg.connect(url_of("postgres"), autocommit=True) as server:
            create(server, name, template, role=ROLES[side])
    yield name
    drop(name)


@pytest.fixture(scope="session")
def database_name() -> Iterator[str]:
    """This worker's own database."""
    with database_of_worker("portal") as name:
        _BROOMS[name] = Broom(name)
        yield name
        connection.close()


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: Any) -> Iterator[None]:
    """Django, and every process a test starts, is on this worker's database, as the app role."""
    before = {name: os.environ[name] for name in ADDRESSES["portal"]}
    os.environ |= {name: url_of(database_name, name) for name in before}
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database_name
    with django_db_blocker.unblock():
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            role, unbound = cursor.fetchone()
    assert (role, unbound) == ("yibao_app", False), "tests prove nothing about walls when they may walk through them"
    yield
    os.environ |= before


@pytest.fixture(scope="session")
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """The owner's own connection to this worker's database, outside every transaction of the test."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        yield owner


@pytest.fixture
def owner_sql(owner_connection: psycopg.Connection[Any]) -> OwnerSQL:
    """Run SQL as the owner: `owner_sql("UPDATE … WHERE id = %s", [1])`; its rows, or an empty list.

    It is another connection: it sees committed rows only, so use it with `transactional_db`.
    """

    def run(text: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        cursor = owner_connection.execute(text, params)
        return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture(scope="session", autouse=True)
def sweep_after_transactions() -> Iterator[None]:
    """Django's flush after a transactional test: its app role may not empty tables, and some refuse even the owner."""

    def teardown(case: TransactionTestCase) -> None:
        connection.close()  # an abandoned transaction of ours would keep the tables locked
        _BROOMS[connection.settings_dict["NAME"]].sweep()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(scope="session")
def sandbox_database() -> Iterator[dict[str, str]]:
    """A migrated database for one sandbox; the variables that name it, for the process of tests/sandbox_process.py."""
    with database_of_worker("sandbox") as name:
        yield {variable: url_of(name, variable) for variable in ADDRESSES["sandbox"]}


def make_templates() -> None:
    """Both sides' templates; whoever needs them in the meantime waits, and says what is wrong if this fails."""
    for side in ROLES:
        with only_one("template"):
            make_template(side)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    make_templates()
