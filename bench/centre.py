"""A sandbox of its own for measurements: process and database; it ends with this process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from multiprocessing.util import Finalize
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.scratch import ROOT

VARIABLES = ("SANDBOX_DATABASE_URL", "SANDBOX_DATABASE_OWNER_URL")


def start_sandbox() -> Any:
    """A running sandbox on a free loopback port, with its control doors; settings.SANDBOX_URL leads there."""
    from django.conf import settings

    from portal.gateway.sandbox.control import Sandbox

    environment = os.environ | _database() | {"SANDBOX_TOKEN": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "sandbox"]
    subprocess.run([*command, "--migrate"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    port = _free_port()
    process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    Finalize(None, process.terminate, exitpriority=1)  # a forked run skips atexit
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    sandbox.wait(60)
    settings.SANDBOX_URL = sandbox.url
    return sandbox, process


def _database() -> dict[str, str]:
    """A database for the sandbox, made by the first run of a `bin/bench` that asks for it."""
    name = f"bench_{os.getppid()}_sandbox"
    owner = urlsplit(os.environ["SANDBOX_DATABASE_OWNER_URL"])
    with psycopg.connect(owner._replace(path="/postgres").geturl(), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            role = urlsplit(os.environ["SANDBOX_DATABASE_URL"]).username or ""
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
            server.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
            )
    return {one: urlsplit(os.environ[one])._replace(path=f"/{name}").geturl() for one in VARIABLES}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
