"""Telling other systems what happened: signed messages to addresses an institution allows.

FOUND = Event("difference.found", "对账发现差异")

announce("difference.found", about=run.number, facts={"kind": "amount", "count": 3})
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.hooks.announcing import announce
    from portal.hooks.events import Event, declared_events, event

#: Loaded on first use: this package is imported before Django's models may be.
_FROM = {"announce": "announcing", "Event": "events", "declared_events": "events", "event": "events"}

__all__ = ["Event", "announce", "declared_events", "event"]


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
