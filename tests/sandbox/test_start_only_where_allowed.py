"""The sandbox never runs beside live money, and never listens to anybody but this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError

from portal.gateway.sandbox import settings
from portal.gateway.sandbox.management.commands.sandbox import Command

ROOT = Path(__file__).resolve().parents[2]


def start(*words, **environment):
    known = {**os.environ, "PORTAL_MODE": "test", **environment}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "sandbox", *words]
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=60)


def test_it_refuses_to_start_in_production(sandbox_database):
    done = start("--port", "0", PORTAL_MODE="production", **sandbox_database)
    assert done.returncode
    assert "正式环境" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_it_refuses_to_listen_to_others(monkeypatch, host):
    monkeypatch.setattr(settings, "SANDBOX_DATABASE_URL", "")  # whoever is let in comes no further
    with pytest.raises(CommandError, match="回环"):
        Command().handle(host=host, port=0, threads=1, migrate=False)


def test_it_says_that_a_port_is_taken(sandbox_process):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = start("--port", str(taken.getsockname()[1]), **databases_of(sandbox_process))
    assert done.returncode
    assert "端口" in done.stderr


def test_it_says_that_tables_are_missing(sandbox_database):
    missing = {**sandbox_database, "SANDBOX_DATABASE_URL": "", "SANDBOX_DATABASE_OWNER_URL": ""}
    done = start("--port", "0", **missing)
    assert done.returncode


def test_its_migrations_are_complete(sandbox_database):
    known = {**os.environ, **sandbox_database, "DJANGO_SETTINGS_MODULE": "portal.gateway.sandbox.settings"}
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(
        command, cwd=ROOT, env={**known, "PORTAL_AS_OWNER": "1"}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout


def databases_of(sandbox):
    return {name: os.environ[name] for name in ("SANDBOX_DATABASE_URL", "SANDBOX_DATABASE_OWNER_URL")}
