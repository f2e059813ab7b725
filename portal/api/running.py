"""A refusal says what is in the way: the operation, or the job, that is under way about the same business object.

One place for all businesses. A service refuses because the journal knows a live operation of the same key, because a
natural key (a number of the hospital's) belongs to a row that is being worked on, or because the row itself is; or it
hands out the operation that runs already, as pages want it. A program gets 409 with that operation in every case: with
another Idempotency-Key it meant another business. Views that only ask the centre say so (`ApiView.only_asks`): their
second call joins the first, because nothing can happen twice.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NoReturn

from django.db import connection, models
from django.urls import Resolver404, resolve, reverse
from rest_framework.response import Response

from portal.access.services.refusals import NotAllowed
from portal.api.problems import Problem, understood
from portal.gateway.journal import operations_about
from portal.gateway.journal.models import Operation
from portal.gateway.journal.services import AlreadyRunning
from portal.gateway.journal.states import LIVE
from portal.jobs import Job
from portal.jobs.models import LIVE as LIVE_JOBS

CODE = "already-running"
#: What a row may belong to: the operation about that one is in its way as well.
PARENTS = ("visit", "admission", "recharge", "month")


def naming_what_runs(error: Exception, rows: Iterable[Any]) -> Exception:
    """The same error; as a Problem with the live operation or job that is in the way, when one is known."""
    problem = understood(error)
    if problem is None or problem.live or problem.status not in (409, 422) or connection.needs_rollback:
        return error
    found = _behind(error) or (_about(list(rows)) if problem.status == 409 else None) or _job_behind(error)
    return error if found is None else running(found, problem)


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


def running(found: Operation | Job, problem: Problem) -> Problem:
    """The 409 that names it: its address in Location and in the body, under `operation` or `job`."""
    is_operation = isinstance(found, Operation)
    name = "operation" if is_operation else "job"
    address = reverse("api:operations-api:operation" if is_operation else "api:job", args=[found.pk])
    headers = {**problem.headers, "Location": address}
    live = {name: address, f"{name}_id": str(found.pk)}
    return Problem(409, CODE, problem.detail, errors=problem.errors, headers=headers, live=live)


def refuse_running(sentence: str, job: Any) -> NoReturn:
    """Raises NotAllowed: what was asked for runs already, in the job with this key."""
    raise NotAllowed(f"{sentence}，没有重复提交").behind(job=job)


def _behind(error: Exception) -> Operation | None:
    for one in _chain(error):
        if isinstance(one, AlreadyRunning):
            return one.operation
        if isinstance(one, NotAllowed) and one.running is not None:
            return _live([one.running])
    return None


def _job_behind(error: Exception) -> Job | None:
    keys = [one.working for one in _chain(error) if isinstance(one, NotAllowed) and one.working is not None]
    return Job.objects.filter(pk__in=keys, state__in=LIVE_JOBS).first() if keys else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _about(asked: list[Any]) -> Operation | None:
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
