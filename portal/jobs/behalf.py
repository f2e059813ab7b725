"""Whose wish the running work follows, for what it writes down on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_whose: ContextVar[str] = ContextVar("on_behalf_of", default="")


@contextmanager
def on_behalf_of(label: str) -> Iterator[None]:
    """What happens inside was asked for by this person or key (its name for people)."""
    token = _whose.set(label)
    try:
        yield
    finally:
        _whose.reset(token)


def asker() -> str:
    """Who asked for what is running; "" for work that nobody in particular asked for."""
    return _whose.get()
