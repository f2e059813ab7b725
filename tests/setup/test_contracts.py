"""Each import rule of the house (design 1.2) fails when it is broken; a rule that cannot fail guards nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "portal",
    "portal/gateway",
    "portal/gateway/bridge",
    "portal/jobs",
    "portal/papers",
    "clearing",
    "injury",
    "settlement",
    "reconciliation",
)


@pytest.fixture
def house(tmp_path):
    """An empty house with our rules, to be built by writing files into it."""
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    # Rules name these modules, and the tool refuses a rule about a module that is not there.
    for name in ("wire", "desk", "transport"):
        (tmp_path / "portal/gateway" / f"{name}.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def verdict(house: Path) -> str:
    """What the tool says when it objects, else nothing."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, env={"PYTHONPATH": "."})
    return "" if done.returncode == 0 else done.stdout


def test_it_accepts_what_is_allowed(house):
    (house / "portal/gateway/transport.py").write_text("import socket, ctypes, requests\n")
    (house / "portal/jobs/queue.py").write_text("import django_q.tasks\n")
    (house / "portal/papers/pdf.py").write_text("import weasyprint\nimport openpyxl\n")
    (house / "clearing/permissions.py").touch()
    (house / "clearing/models.py").write_text("import clearing.permissions\n")
    (house / "clearing/services.py").write_text("import clearing.models\nimport portal.gateway.transport\n")
    (house / "clearing/views.py").write_text("import clearing.services\nimport portal.jobs.queue\n")
    (house / "clearing/urls.py").write_text("import clearing.views\n")
    assert verdict(house) == ""


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        ("The businesses are strangers", "clearing/services.py", "import injury"),
        ("The portal knows no business", "portal/gateway/journal.py", "import clearing"),
        ("imports point down", "clearing/models.py", "import clearing.services"),
        ("imports point down", "injury/permissions.py", "import injury.models"),
        ("imports point down", "clearing/services.py", "import clearing.views"),
        ("imports point down", "clearing/helpers.py", ""),
        ("opens sockets", "portal/jobs/queue.py", "import socket"),
        ("opens sockets", "clearing/services.py", "import requests"),
        ("opens sockets", "clearing/services.py", "import ctypes"),
        ("desk bridge needs the standard library", "portal/gateway/bridge/library.py", "import requests"),
        ("django_q", "clearing/tasks.py", "import django_q.tasks"),
        ("django_q", "portal/gateway/journal.py", "from django_q import tasks"),
        ("weasyprint and openpyxl", "clearing/papers.py", "import weasyprint"),
        ("weasyprint and openpyxl", "portal/jobs/files.py", "import openpyxl"),
    ],
)
def test_it_refuses_what_is_forbidden(house, rule, file, line):
    for name in ("models", "services", "views"):
        (house / "clearing" / f"{name}.py").touch()
        (house / "injury" / f"{name}.py").touch()
    (house / file).write_text(line + "\n")
    broken = [text for text in verdict(house).splitlines() if text.endswith("BROKEN") or "BROKEN" in text]
    assert len(broken) == 1
    assert rule in broken[0]


@pytest.mark.parametrize(
    "line",
    [
        "import urllib.request",
        "from urllib import request",
        "import http.client",
        "from http.client import HTTPConnection",
    ],
)
def test_it_refuses_the_standard_librarys_http_client(tmp_path, line):
    ruff = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    offender = tmp_path / "services.py"
    offender.write_text(line + "\n")
    done = subprocess.run([*ruff, "--select", "TID251", str(offender)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "only portal.gateway opens connections" in done.stdout
