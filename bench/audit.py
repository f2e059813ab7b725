"""Appending to one chain: a hundred records to a transaction, each transaction committed to disk (the slowest part)."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.case import Case

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL")
RECORDS = 10_000
TOGETHER = 100


def scratch_database() -> None:
    """This process works in a migrated database of its own: what is appended to a chain can never be taken back.

    Made by the first run of a `bin/bench`, used by all, dropped when it ends.
    """
    import django

    name = f"bench_{os.getppid()}"
    with psycopg.connect(_address("DATABASE_OWNER_URL", "postgres"), autocommit=True) as server:
        is_new = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None
        if is_new:
            role = urlsplit(os.environ["DATABASE_URL"]).username or ""
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
            server.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
            )
    os.environ |= {variable: _address(variable, name) for variable in VARIABLES}
    if is_new:
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--skip-checks", "-v0"]
        subprocess.run(migrate, cwd=ROOT, env=os.environ | {"PORTAL_AS_OWNER": "1"}, check=True)
    django.setup()
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def _address(variable: str, database: str) -> str:
    return urlsplit(os.environ[variable])._replace(path=f"/{database}").geturl()


def drop_scratch() -> None:
    """At the end of `bin/bench`; its runs are children and leave without this."""
    if multiprocessing.parent_process() is not None or not all(name in os.environ for name in VARIABLES):
        return
    with psycopg.connect(_address("DATABASE_OWNER_URL", "postgres"), autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(f"bench_{os.getpid()}"))
        )


atexit.register(drop_scratch)


def append(code: str, count: int, together: int) -> int:
    """As services do it: open the door, record; `together` records in each transaction."""
    from portal.access.door import tenant_tx
    from portal.access.models import Institution
    from portal.audit import record
    from portal.web.actions import EXPORTED

    institution = Institution.objects.get(code=code)
    for start in range(0, count, together):
        with tenant_tx(institution.pk):
            for n in range(start, min(start + together, count)):
                record(EXPORTED, institution, by=None, title="查询清算数据", rows=n, filter="年份＝2025；险种＝职工")
    return count


def institution(code: str) -> int:
    """The id of a bench institution, made when it is not there yet."""
    from portal.access.models import Institution

    fields = {"name": "测量", "kind": "hospital", "region": "140200"}
    return Institution.objects.get_or_create(code=code, defaults=fields)[0].pk


APPENDED = "H00000000001"


def prepare() -> None:
    scratch_database()
    institution(APPENDED)
    append(APPENDED, TOGETHER, TOGETHER)  # connection and caches


def ours() -> int:
    return append(APPENDED, RECORDS, TOGETHER)


CASE = Case(
    name="audit",
    work=f"append to one chain, {TOGETHER} records a transaction",
    against="–",
    ours=ours,
    prepare=prepare,
    rate=2000,
)
