"""Whose wish the running work follows, for what it writes down on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.access.models import User

_whose: "ContextVar[tuple[str, User | None]]" = ContextVar("on_behalf_of", default=("", None))


@contextmanager
def on_behalf_of(label: str, person: "User | None" = None) -> Iterator[None]:
    """What happens inside was asked for by this person or key (its name for people)."""
    token = _whose.set((label, person))
    try:
        yield
    finally:
        _whose.reset(token)


def asker() -> str:
    """Who asked for what is running; "" for work that nobody in particular asked for."""
    return _whose.get()[0]


def asking_person() -> "User | None":
    """The person who asked for what is running; None for a key, and for work that nobody in particular asked for."""
    return _whose.get()[1]
