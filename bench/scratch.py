"""Databases of its own for a `bin/bench`: made when a case needs one, dropped at its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL")


def scratch_database(suffix: str = "") -> bool:
    """This process works in a migrated database of its own; each suffix names another. True when it is new.

    Made by the first run of a `bin/bench` that asks for it, used by all.
    """
    import django

    name = f"bench_{os.getppid()}{suffix}"
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
    return is_new


def owner() -> psycopg.Connection:
    """A connection to this process's scratch database as its owner."""
    return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)


def _address(variable: str, database: str) -> str:
    return urlsplit(os.environ[variable])._replace(path=f"/{database}").geturl()


def drop_scratch() -> None:
    """At the end of `bin/bench`: its own databases, and those of a `bin/bench` that was killed."""
    if not all(name in os.environ for name in VARIABLES):
        return
    with psycopg.connect(_address("DATABASE_OWNER_URL", "postgres"), autocommit=True) as server:
        names = server.execute("SELECT datname FROM pg_database WHERE datname ~ '^bench_[0-9]+(_|$)'").fetchall()
        for (name,) in names:
            process = int(name.split("_")[1])
            if process == os.getpid() or not Path(f"/proc/{process}").exists():
                _drop(server, name)


def _drop(server: psycopg.Connection, name: str) -> None:
    """FORCE ends what a killed run left, but not even the owner may end a vacuum of the server's; a plain DROP does."""
    database = sql.Identifier(name)
    try:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
    except psycopg.errors.InsufficientPrivilege:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(database))
