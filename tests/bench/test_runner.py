"""The benches say what they measured and fail when an aim is missed."""

import ast
import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import runner
from bench.case import Case, Result


def idle() -> int:
    time.sleep(0.002)
    return 10


CASE = Case("example", "work", "reference", ours=idle, reference=lambda: time.sleep(0.02), ratio=0.8)


def test_it_measures_both_in_processes_of_their_own():
    result = runner.measure(CASE)
    assert result.reference is not None
    assert result.ours < result.reference
    assert result.missed() == []
    assert result.line().startswith("example ours=0.00")
    assert " rate=" in result.line()


def test_it_names_every_aim_that_was_missed():
    strict = dataclasses.replace(CASE, ratio=0.1, peak_mb=5, rate=1000)
    assert Result(strict, 1.0, 2.0, 10, 500).missed() == [
        "ratio above 0.1000",
        "peak above 5 MB",
        "rate below 1000/s",
    ]
    assert Result(strict, 1.0, 20.0, 4, 2000).missed() == []


def test_the_command_fails_when_an_aim_is_missed(monkeypatch, capsys):
    impossible = dataclasses.replace(CASE, ratio=0.000001)
    monkeypatch.setattr(command, "load", lambda name: impossible)
    assert command.main(["example"]) == 1
    assert "ratio above" in capsys.readouterr().err
    monkeypatch.setattr(command, "load", lambda name: CASE)
    assert command.main(["example"]) == 0


def test_a_name_runs_its_further_sizes():
    assert command.named(["paper"]) == ["paper", "paper_1000"]
    assert command.named(["paper_1000", "paper"]) == ["paper_1000", "paper"]
    assert command.named(["none"]) == ["none"]


def test_the_command_keeps_one_row_a_case(monkeypatch, tmp_path):
    path = tmp_path / "RESULTS.md"
    path.write_text("# Figures\n\n| case | figures |\n|---|---|\n| other | x |\n", encoding="utf-8")
    monkeypatch.setattr(command, "RESULTS", path)
    for seconds in (1.0, 2.0):
        command.record(Result(CASE, seconds, 4.0, 10, None))
    rows = path.read_text(encoding="utf-8").splitlines()
    assert len([row for row in rows if row.startswith("| example |")]) == 1
    assert "ours=2.0000" in rows[-1]
    assert "| other | x |" in rows


def test_an_unknown_case_is_named(capsys):
    assert command.main(["nothing"]) == 2
    assert "nothing" in capsys.readouterr().err


def test_every_case_can_be_loaded():
    assert "seal" in runner.case_names()
    for name in runner.case_names():
        assert runner.load(name).name == name


def test_a_run_that_dies_is_an_error_not_a_figure():
    with pytest.raises(RuntimeError, match="without a result"):
        runner.measure(dataclasses.replace(CASE, ours=lambda: 1 // 0))


ROOT = Path(__file__).resolve().parent.parent.parent


def test_what_cases_import_while_they_run_is_there_outside_of_the_tests():
    """They import late, after the database is known; pytest's own path would hide what is missing there."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "bench").glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    wanted = {f"from {node.module} import {alias.name}" for node in nodes if node.level == 0 for alias in node.names}
    assert any("tests.injury" in line for line in wanted)
    program = "\n".join(
        ["import bench, django", "django.setup()", *sorted(wanted - {"from __future__ import annotations"})]
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
