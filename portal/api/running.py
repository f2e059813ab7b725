"""A refusal says what is in the way: the operation that is under way about the same business object.

One place for all businesses. A service refuses because the journal knows a live operation of the same key, because a
natural key (a number of the hospital's) belongs to a row that is being worked on, or because the row itself is; or it
hands out the operation that runs already, as pages want it. A program gets 409 with that operation in every case: with
another Idempotency-Key it meant another business.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection, models
from django.urls import Resolver404, resolve, reverse
from rest_framework.response import Response

from portal.access.services.refusals import NotAllowed
from portal.api.problems import Problem, understood
from portal.gateway.journal import operations_about
from portal.gateway.journal.models import Operation
from portal.gateway.journal.services import AlreadyRunning
from portal.gateway.journal.states import LIVE

CODE = "already-running"
#: What a row may belong to: the operation about that one is in its way as well.
PARENTS = ("visit", "admission", "recharge", "month")


def naming_what_runs(error: Exception, rows: Iterable[Any]) -> Exception:
    """The same error; as a Problem with the live operation that is in the way, when one is known."""
    problem = understood(error)
    if problem is None or problem.operation or problem.status not in (409, 422) or connection.needs_rollback:
        return error
    operation = _behind(error)
    if operation is None and problem.status == 409:
        operation = _about(rows)
    return error if operation is None else running(operation, problem)


def refuse_what_ran_before(response: Response, opened: Collection[Any]) -> None:
    """Raises Problem when the answer is about an operation that another call opened."""
    if response.status_code != 202:
        return
    try:
        found = resolve(response.headers.get("Location", ""))
    except Resolver404:
        return
    if found.view_name != "api:operations-api:operation" or found.kwargs["operation_id"] in opened:
        return
    operation = Operation.objects.defer("request", "reply").get(pk=found.kwargs["operation_id"])
    raise running(operation, Problem(409, CODE, str(AlreadyRunning(operation))))


def running(operation: Operation, problem: Problem) -> Problem:
    address = reverse("api:operations-api:operation", args=[operation.pk])
    return Problem(
        409,
        CODE,
        problem.detail,
        errors=problem.errors,
        headers={**problem.headers, "Location": address},
        operation=address,
        operation_id=str(operation.pk),
    )


def _behind(error: Exception) -> Operation | None:
    for one in _chain(error):
        if isinstance(one, AlreadyRunning):
            return one.operation
        if isinstance(one, NotAllowed) and one.running is not None:
            return _live([one.running])
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _about(rows: Iterable[Any]) -> Operation | None:
    asked = list(rows)
    parents = [found for row in asked for name in PARENTS if (found := getattr(row, name, None)) is not None]
    known = [*asked, *(one for one in parents if isinstance(one, models.Model))]
    found = _live([key for row in known for key in _operations_of(row)])
    if found is None:
        found = next((one for row in known if (one := operations_about(row).filter(state__in=LIVE).first())), None)
    return found


def _operations_of(row: Any) -> Iterator[Any]:
    """Keys of the operations that the row names."""
    for field in getattr(getattr(row, "_meta", None), "concrete_fields", ()):
        if field.related_model is Operation and (key := getattr(row, field.attname)) is not None:
            yield key


def _live(keys: list[Any]) -> Operation | None:
    rows = Operation.objects.filter(pk__in=keys, state__in=LIVE).defer("request", "reply")
    return rows.first() if keys else None
