"""Test databases: migrated once as the owner, copied for every worker, used as the app role only.

The template is keyed by the migrations, models and walls it was made from, so it is made again only when they change.
What a run leaves behind (killed, power cut) is dropped by the next one: names carry the process number of their run.
"""

import fcntl
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


def make_template() -> str:
    """Name of a migrated database that nobody is connected to."""
    name = f"template_{administer.fingerprint()[:16]}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        names = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}
        drop_left_over(server, names, keep=name)
        if name in names:
            return name
        draft = f"draft_{os.getpid()}"
        create(server, draft)
        migrate({"DATABASE_OWNER_URL": url_of(draft)}, side="portal")
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


def create(server: psycopg.Connection[Any], name: str, template: str = "") -> None:
    """A database of the owner, in which the portal's and the sandbox's roles may work."""
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
    )
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    role = "yibao_sandbox" if name.startswith("sandbox_") else urlsplit(os.environ["DATABASE_URL"]).username or ""
    server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role)))
    if not template:
        with psycopg.connect(url_of(name), autocommit=True) as fresh:
            fresh.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")


def drop(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_left_over(server: psycopg.Connection[Any], names: set[str], *, keep: str) -> None:
    """Databases of runs that are gone, and templates of other migrations."""
    for name in names:
        stale_template = name.startswith("template_") and name != keep
        owner = re.fullmatch(r"(?:draft|portal|sandbox)_(\d+)(?:_\w+)?", name)
        if stale_template or (owner and not Path(f"/proc/{owner[1]}").exists()):
            drop(server, name)


def keep_what_migrations_wrote(migrated: psycopg.Connection[Any]) -> None:
    """Rows that migrations put into tables (code lists, chain heads) are copied aside, to come back after a flush."""
    migrated.execute("CREATE SCHEMA kept")
    for (table,) in used_tables(migrated):
        name = sql.Identifier(table)
        migrated.execute(sql.SQL("CREATE TABLE kept.{} AS TABLE public.{}").format(name, name))


def used_tables(owner: psycopg.Connection[Any]) -> list[tuple[str]]:
    """Tables that were written to since they were last empty (a size costs nothing; counting rows would)."""
    return owner.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND pg_relation_size(c.oid) > 0 AND c.relname <> 'django_migrations' ORDER BY 1"
    ).fetchall()


def flush(owner: psycopg.Connection[Any]) -> None:
    """Everything as the migrations left it. The app role may not TRUNCATE, and some tables refuse even the owner.

    Nearly every table refers to institutions: truncating these would empty, and make new files for, every table.
    So only what no other table refers to is truncated; the few rows of the rest are deleted.
    """
    used = [table for (table,) in used_tables(owner)]
    if not used:
        return
    leaves, rest = parted(owner, used)
    with owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '30s'")
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        for step in ("DISABLE TRIGGER USER", "NO FORCE ROW LEVEL SECURITY"):
            alter(owner, used, step)
        if leaves:
            names = [sql.Identifier("public", table) for table in leaves]
            owner.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
        for table in rest:
            owner.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
        kept = owner.execute("SELECT relname FROM pg_class WHERE relnamespace = 'kept'::regnamespace").fetchall()
        for (table,) in kept:
            name = sql.Identifier(table)
            if owner.execute(sql.SQL("SELECT NOT EXISTS (SELECT 1 FROM public.{})").format(name)).fetchone() == (True,):
                owner.execute(sql.SQL("INSERT INTO public.{} SELECT * FROM kept.{}").format(name, name))
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        alter(owner, used, "ENABLE TRIGGER USER")
        alter(owner, [table for table in used if table in walled(owner)], "FORCE ROW LEVEL SECURITY")


_REFERENCES: dict[str, set[tuple[str, str]]] = {}
_WALLED: dict[str, set[str]] = {}


def references(owner: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    """(table, table it refers to), asked once."""
    name = owner.info.dbname
    if name not in _REFERENCES:
        rows = owner.execute(
            "SELECT DISTINCT f.relname, t.relname FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid"
            " JOIN pg_class t ON t.oid = c.confrelid WHERE c.contype = 'f' AND f.oid <> t.oid"
        )
        _REFERENCES[name] = set(rows.fetchall())
    return _REFERENCES[name]


def walled(owner: psycopg.Connection[Any]) -> set[str]:
    """Tables whose row security is forced, asked once, before any of them was touched."""
    name = owner.info.dbname
    if name not in _WALLED:
        rows = owner.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity").fetchall()
        _WALLED[name] = {table for (table,) in rows}
    return _WALLED[name]


def parted(owner: psycopg.Connection[Any], used: list[str]) -> tuple[list[str], list[str]]:
    """(what only tables of this part refer to, the rest with those that refer first)."""
    walled(owner)
    links, leaves = references(owner), set(used)
    while outside := {to for one, to in links if to in leaves and one not in leaves}:
        leaves -= outside
    rest, ordered = set(used) - leaves, list[str]()
    while rest:
        free = sorted(one for one in rest if not any(to == one and by in rest for by, to in links)) or sorted(rest)[:1]
        ordered += free
        rest -= set(free)
    return sorted(leaves), ordered


def alter(owner: psycopg.Connection[Any], tables: list[str], step: str) -> None:
    """The same change of every table, in one statement's journey."""
    if tables:
        owner.execute("; ".join(f'ALTER TABLE public."{table}" {step}' for table in tables))


@pytest.fixture(scope="session")
def database_name() -> Iterator[str]:
    """This worker's own database, dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"portal_{run_number()}_{worker}"
    with only_one("template"):
        template = make_template()
        with psycopg.connect(url_of("postgres"), autocommit=True) as server:
            drop(server, name)
            create(server, name, template)
    yield name
    connection.close()
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        drop(server, name)


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: Any) -> Iterator[None]:
    """Django, and every process a test starts, is on this worker's database, as the app role."""
    before = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
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
def flush_as_owner() -> Iterator[None]:
    """Django's flush after a transactional test, done by the owner."""

    def teardown(case: TransactionTestCase) -> None:
        connection.close()  # an abandoned transaction of ours would keep the tables locked
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            flush(owner)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(scope="session")
def sandbox_database() -> Iterator[dict[str, str]]:
    """A migrated database for one sandbox; the variables that name it, for the process of tests/sandbox_process.py."""
    name = f"sandbox_{run_number()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        drop(server, name)
        create(server, name)
        named = {each: url_of(name, each) for each in ("SANDBOX_DATABASE_URL", "SANDBOX_DATABASE_OWNER_URL")}
        migrate(named, side="sandbox")
        yield named
        drop(server, name)
