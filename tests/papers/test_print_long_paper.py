"""A long paper reads the same however many processes print it, and leaves none behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from portal.papers import pages as planning
from portal.papers import pressroom
from portal.papers.failures import ForbiddenAsset, PaperFailed
from portal.papers.pages import Row, pages_of
from portal.papers.pdf import render_pages

HOSPITAL = SimpleNamespace(name="演示医院甲", code="H14020000001")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    """The trial templates; presses of this test only."""
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    ]
    settings.VAR = tmp_path


@pytest.fixture
def in_parts(monkeypatch):
    """A paper of this size is a long one."""
    monkeypatch.setattr(planning, "PART_ROWS", 20)


def plan(count=70, height=10.0):
    again = Row("continued", "平城区（续）", 10)
    lines = [Row("line", f"䶮㛃医院{number:03d}号", height, running=again) for number in range(count)]
    return pages_of([*lines, Row("total", "合计", 10, with_previous=True)], first=170, other=200, tail=30)


def print_plan(pages, **more):
    facts = {"title": "核拨表", "institution": HOSPITAL, "period": "2025 年度", "audit_mark": "a1b2c3d4", **more}
    return render_pages("trial_long_paper.html", facts, pages)


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def children() -> list[str]:
    """Processes that this one started and that still run, or wait to be buried."""
    listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if "papers.press" in line or "<defunct>" in line]


def test_it_reads_the_same_in_one_process_and_in_several(monkeypatch):
    whole = print_plan(plan())
    monkeypatch.setattr(planning, "PART_ROWS", 20)
    monkeypatch.setattr(pressroom, "print_parts", counted := Counted(pressroom.print_parts))
    parted = print_plan(plan())
    assert counted.parts > 2
    assert [text.split("打印")[0] for text in texts(parted)] == [text.split("打印")[0] for text in texts(whole)]
    assert PdfReader(BytesIO(parted)).metadata == PdfReader(BytesIO(whole)).metadata
    assert not children()
    it_shows_every_row_once_and_numbers_all_pages(parted)


class Counted:
    def __init__(self, inner):
        self.inner, self.parts, self.calls = inner, 0, 0

    def __call__(self, parts, count):
        self.parts, self.calls = count, self.calls + 1
        return self.inner(parts, count)


def it_shows_every_row_once_and_numbers_all_pages(pdf):
    pages = texts(pdf)
    joined = "".join(pages)
    for number in range(70):
        assert joined.count(f"䶮㛃医院{number:03d}号") == 1
    for number, text in enumerate(pages, start=1):
        assert f"第{number}页/共{len(pages)}页" in text.replace(" ", "")
        assert "机构名称" in text
        assert "核拨表" in text
        assert "演示医院甲" in text
        assert "a1b2c3d4" in text
        assert ("平城区（续）" in text) == (number > 1)
    assert [text.count("合计") for text in pages] == [0] * (len(pages) - 1) + [1]
    assert [text.count("经办人") for text in pages] == [0] * (len(pages) - 1) + [1]
    metadata = PdfReader(BytesIO(pdf)).metadata
    assert metadata is not None
    assert metadata.title == "核拨表 · 演示医院甲"
    assert len(PdfReader(BytesIO(pdf)).outline) == 1


def test_it_numbers_right_when_rows_are_higher_than_planned(in_parts, monkeypatch):
    monkeypatch.setattr(pressroom, "print_parts", counted := Counted(pressroom.print_parts))
    pages = plan()
    broken = [[Row(row.kind, row.content, row.height * 1.5, running=row.running) for row in page] for page in pages]
    printed = texts(print_plan(broken))
    assert counted.calls == 2
    assert len(printed) > len(pages)
    for number, text in enumerate(printed, start=1):
        assert f"第{number}页/共{len(printed)}页" in text.replace(" ", "")
    assert "".join(printed).count("䶮㛃医院069号") == 1


def test_a_press_fetches_nothing_either(in_parts):
    with pytest.raises(ForbiddenAsset):
        print_plan(plan(), extra='<img src="file:///etc/passwd">')
    assert not children()


def test_a_press_that_takes_too_long_is_ended_with_a_sentence(in_parts, monkeypatch):
    monkeypatch.setattr(pressroom, "PART_SECONDS", 0.3)
    monkeypatch.setattr(pressroom, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    began = time.monotonic()
    with pytest.raises(PaperFailed) as caught:
        print_plan(plan())
    assert "报表生成超过 0.3 秒" in caught.value.sentence
    assert time.monotonic() - began < 10
    assert not children()


def test_a_press_that_dies_is_said_to_have_died(in_parts, monkeypatch):
    monkeypatch.setattr(pressroom, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(PaperFailed) as caught:
        print_plan(plan())
    assert "报表生成中断" in caught.value.sentence
    assert not children()


def test_no_more_than_two_presses_run_on_the_machine(in_parts, monkeypatch):
    monkeypatch.setattr(pressroom, "COMMAND", ("sleep", "60"))
    monkeypatch.setattr(pressroom, "WAIT_SECONDS", 0.3)
    with pressroom.presses(5) as room:
        assert len(room) == 2
        with pytest.raises(PaperFailed) as caught, pressroom.presses(1):
            pass
        assert "稍后重试" in caught.value.sentence
    with pressroom.presses(1) as first, pressroom.presses(2) as second:
        assert (len(first), len(second)) == (1, 1)
    assert not children()


def test_a_press_has_no_passwords(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://someone:secret@nowhere/x")
    press = pressroom.Press()
    try:
        environment = Path(f"/proc/{press.process.pid}/environ").read_bytes()
    finally:
        press.end()
    assert b"secret" not in environment
    assert b"PORTAL_" not in environment


def test_a_press_ends_with_the_process_that_started_it():
    """Even when that one is killed and cannot clean up."""
    starter = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'portal.papers.press'], stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        press = int(parent.stdout.readline())
        assert is_running(press)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while is_running(press) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_running(press)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_an_interrupted_paper_leaves_no_press(in_parts, monkeypatch):
    """The queue ends a task by an exception in the middle of whatever it does."""
    monkeypatch.setattr(pressroom, "COMMAND", ("sleep", "60"))

    def interrupt() -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGALRM)

    def stop(number, frame):
        raise SystemExit(1)

    before = signal.signal(signal.SIGALRM, stop)
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(SystemExit):
            print_plan(plan())
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not children()
