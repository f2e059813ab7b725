"""A refusal says what is in the way: the operation that is under way about the same business object."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.urls import reverse

from portal.api.problems import Problem, understood
from portal.gateway.journal.models import Operation
from portal.gateway.journal.services import AlreadyRunning


def naming_what_runs(error: Exception, rows: Iterable[Any]) -> Exception:
    """The same error; a conflict as a Problem with the address of the live operation, when one is known."""
    problem = understood(error)
    if problem is None or problem.status != 409 or problem.operation:
        return error
    operation = _behind(error) or _about(rows)
    if operation is None:
        return error
    address = reverse("api:operations-api:operation", args=[operation])
    headers = {**problem.headers, "Location": address}
    return Problem(409, problem.code, problem.detail, errors=problem.errors, headers=headers, operation=address)


def _behind(error: Exception) -> Any:
    for one in _chain(error):
        if isinstance(one, AlreadyRunning):
            return one.operation.pk
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _about(rows: Iterable[Any]) -> Any:
    if connection.needs_rollback:
        return None
    ids = [found for row in rows if (found := getattr(row, "operation_id", None))]
    live = (one.pk for one in Operation.objects.filter(pk__in=ids).defer("request", "reply") if one.is_live)
    return next(live, None) if ids else None
