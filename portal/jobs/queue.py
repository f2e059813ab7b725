"""The only door to the queue: a task is a dotted path and ids, never a payload (design 3.3)."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

Id = int | str | UUID
ENTRY = "portal.jobs.tasks.run"
LONGEST = 64


def later(path: str, *ids: Id) -> None:
    """Have a worker call `path(*ids)` after this transaction commits, at most once; UUIDs arrive as text.

    Nothing may depend on it: what a lost task should have done is found again by the sweep.
    Raises ImportError for a path that does not exist, ValueError for one outside a `tasks` module or an argument
    that is not an id.
    """
    if path.split(".")[-2:-1] != ["tasks"]:
        raise ValueError(f"{path} is not in a tasks module")
    import_string(path)
    for value in ids:
        if type(value) not in (int, str, UUID) or len(str(value)) > LONGEST:
            raise ValueError(f"a task argument is an id, not {type(value).__name__}")
    plain = tuple(str(value) if isinstance(value, UUID) else value for value in ids)
    transaction.on_commit(partial(_enqueue, path, plain))


def _enqueue(path: str, ids: tuple[int | str, ...]) -> None:
    from django_q.tasks import async_task

    async_task(ENTRY, path, *ids)


def waiting() -> list[int]:
    """Numbers of tasks that nobody has begun, the oldest first."""
    from django_q.models import OrmQ

    return list(OrmQ.objects.order_by("pk").values_list("pk", flat=True)[:1000])
