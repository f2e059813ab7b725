"""Statements that the database carries out while we go on computing: of two processors, one each."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connection


class Run(Protocol):
    """Gives the database a statement with its parameters; the result is how many rows it was about."""

    def __call__(self, statement: str, params: Sequence[Any] = ()) -> "Future[int]": ...


@contextmanager
def behind() -> Iterator[Run]:
    """A way to have statements carried out one after the other in the open transaction, without waiting for them.

    Leaving waits for all of them and raises the first failure, as Django would have. Whoever asks the database
    directly meanwhile may come before what was given earlier and has not begun. Raises RuntimeError outside a
    transaction: there each statement would stand for itself.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("statements behind our back belong to a transaction")
    given: list[Future[int]] = []
    raw: Any = connection.connection

    def carry_out(statement: str, params: Sequence[Any]) -> int:
        with raw.cursor() as cursor:
            cursor.execute(statement, params or None)
            return int(cursor.rowcount)

    with ThreadPoolExecutor(1, thread_name_prefix="behind") as thread:

        def run(statement: str, params: Sequence[Any] = ()) -> "Future[int]":
            given.append(thread.submit(carry_out, statement, params))
            return given[-1]

        yield run
        with connection.wrap_database_errors:
            for one in given:
                one.result()
