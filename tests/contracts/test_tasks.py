"""Tasks and jobs: every path that is put into the queue leads somewhere, and only ids travel with it (design 3.3)."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from portal.jobs import later
from portal.jobs.kinds import declared_jobs

ROOMS = ("portal", *settings.BUSINESSES)


def nodes(word: str) -> Iterator[tuple[Path, ast.AST]]:
    """Everything in the modules of the product in whose text the word stands at all."""
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            if word in (text := path.read_text()):
                yield from ((path, node) for node in ast.walk(ast.parse(text)))


def literals() -> Iterator[tuple[Path, str]]:
    """Every text in the product that looks like the dotted path of a task."""
    for path, node in nodes("tasks."):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = node.value.split(".")
            if len(parts) >= 3 and parts[0] in ROOMS and parts[-2] == "tasks":
                yield path, node.value


def calls_of(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, node in nodes(name):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", None), getattr(node.func, "attr", None)):
            yield path, node


def test_it_can_call_every_task_that_is_named_anywhere():
    found = list(literals())
    assert len(found) >= 5
    for _, path in found:
        assert callable(import_string(path)), path


def test_it_passes_each_task_as_many_ids_as_the_task_takes():
    named = [(path, call) for path, call in calls_of("later") if isinstance(call.args[0], ast.Constant)]
    assert named
    for path, call in named:
        first = call.args[0]
        assert isinstance(first, ast.Constant)
        takes = inspect.signature(import_string(str(first.value)))
        takes.bind(*call.args[1:])  # TypeError when the numbers differ
        assert all(p.annotation in (int, str) for p in takes.parameters.values() if p.default is p.empty), path


@pytest.mark.parametrize("payload", [{"a": 1}, [1], b"x", 1.5, None, "x" * 65, True])
def test_it_refuses_to_queue_anything_but_an_id(payload):
    with pytest.raises(ValueError, match="id"):
        later("portal.gateway.tasks.send_queued", payload)


def test_it_refuses_a_path_that_leads_nowhere():
    with pytest.raises(ImportError):
        later("portal.gateway.tasks.no_such_task", uuid4())


def test_it_has_a_title_and_a_permission_for_every_job():
    from portal.access.permissions import permission

    assert declared_jobs()
    for job in declared_jobs():
        assert job.title, job.kind
        assert permission(job.permission).roles, job.kind
        assert job.kind.split(".")[0] in {
            *settings.BUSINESSES,
            "gateway",
            "ledger",
            "audit",
            "vault",
            "portal",
            "web",
        }, job.kind
