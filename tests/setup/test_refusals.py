"""What the commands refuse, they refuse in one clear sentence before anything starts."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import prepare
from trouble import Trouble, explained

ROOT = Path(__file__).resolve().parent.parent.parent


def sentence(trouble: pytest.ExceptionInfo[Trouble]) -> str:
    """What the person reads; Chinese first, then English."""
    text = str(trouble.value)
    chinese, english = text.split("\n")
    assert any("一" <= letter <= "鿿" for letter in chinese)
    assert english.isascii() or "/" in english
    return text


def test_it_says_that_the_port_is_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        start = time.monotonic()
        done = subprocess.run([ROOT / "bin" / "demo", "--port", str(port)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith(f"端口 {port} 已被占用")
    assert len(done.stderr.strip().splitlines()) == 2
    assert time.monotonic() - start < 5, "it should refuse before it prepares anything"


def test_it_says_that_the_port_is_no_port():
    done = subprocess.run([ROOT / "bin" / "demo", "--port", "70000"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith("端口号 70000 无效")


def test_it_says_that_the_disk_is_nearly_full(tmp_path):
    with pytest.raises(Trouble) as trouble:
        prepare.enough_space(tmp_path, 200, free=lambda folder: 150_000_000)
    assert "只剩 150 MB" in sentence(trouble)
    prepare.enough_space(tmp_path, 200, free=lambda folder: 250_000_000)


def test_it_says_that_the_disk_became_full(capsys):
    def write() -> int:
        raise OSError(28, "No space left on device", "somewhere")

    assert explained(write) == 1
    assert capsys.readouterr().err.startswith("磁盘已满")


def test_it_names_the_package_it_may_not_install(monkeypatch):
    monkeypatch.setattr(prepare, "may_be_root", lambda: None)
    monkeypatch.setattr("prepare.shutil.which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(Trouble) as trouble:
        prepare.system_packages(False, missing=lambda tests: ["postgresql", "fonts-noto-cjk"])
    assert "apt-get install -y postgresql fonts-noto-cjk" in sentence(trouble)


def test_it_names_the_package_on_a_machine_without_apt(monkeypatch):
    monkeypatch.setattr("prepare.shutil.which", lambda name: None)
    with pytest.raises(Trouble) as trouble:
        prepare.system_packages(False, missing=lambda tests: ["libpango-1.0-0"])
    assert "libpango-1.0-0" in sentence(trouble)


def test_it_passes_on_why_apt_refused(monkeypatch):
    monkeypatch.setattr(prepare, "may_be_root", list)
    monkeypatch.setattr("prepare.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        prepare,
        "logged",
        lambda command, environment=None: "E: Unable to locate package" if "install" in command else "",
    )
    with pytest.raises(Trouble) as trouble:
        prepare.system_packages(False, missing=lambda tests: ["chromium"])
    assert "E: Unable to locate package" in sentence(trouble)


def test_it_asks_for_a_newer_python(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        (tmp_path / name).symlink_to(old)
    path = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/sh", ROOT / "bin" / "setup"],
        env={"PATH": path, "PYTHON": ""},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("需要 Python 3.11")


def test_it_has_nothing_to_do_the_second_time():
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "stack.py", "setup", "--tests"],
        env=os.environ | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert time.monotonic() - start < 2
