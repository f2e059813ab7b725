"""A library compiled for these tests, and bridges around it."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.gateway.bridge.keeper import Keeper
from portal.gateway.bridge.line import Line
from portal.gateway.bridge.server import Door, Server
from portal.gateway.bridge.spool import Spool

TOKEN = "a-token-of-forty-characters-for-this-desk"


@pytest.fixture(scope="session")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the real C signatures."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    made = tmp_path_factory.mktemp("stub") / "libstub.so"
    source = Path(__file__).with_name("stub.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source)], check=True)
    return made


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the library wrote down."""
    path = tmp_path / "stub.log"
    monkeypatch.setenv("STUB_LOG", str(path))
    return lambda: path.read_text(encoding="gbk").splitlines() if path.exists() else []


@pytest.fixture
def line(stub: Path, tmp_path: Path, log: Any) -> Iterator[Line]:
    spool = Spool(tmp_path / "spool")
    made = Line(Keeper(str(stub), str(stub)), spool, is_played=False, pause=0.01)
    yield made
    made.stop()
    spool.shut()


@pytest.fixture
def server(line: Line) -> Iterator[Callable[..., Server]]:
    """Opens a door before the line; several may be open."""
    opened: list[Server] = []

    def open_(**door: str) -> Server:
        made = Server(Door("127.0.0.1", 0, TOKEN, **door), line, {})
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        opened.append(made)
        return made

    yield open_
    for one in opened:
        one.shutdown()
        one.server_close()


def a_call(name: str, text: str, **more: Any) -> dict[str, Any]:
    asked = {"id": name, "function": "OneTrans", "text": text, "sent_at": int(time.time()), "wait": 20, "run": 5}
    return {**asked, "keep": True, **more}
