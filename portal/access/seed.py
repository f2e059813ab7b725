"""Demonstration data: other rooms register what each seeded institution needs (channels, say) in their own seed.py."""

from collections.abc import Callable
from typing import TypeVar

from portal.access.models import Institution

Seed = Callable[[Institution], None]
F = TypeVar("F", bound=Seed)
_seeds: list[Seed] = []


def register(seed: F) -> F:
    """Call this for every demonstration institution, each time they are seeded; it must be safe to run again."""
    if seed not in _seeds:
        _seeds.append(seed)
    return seed


def registered_seeds() -> tuple[Seed, ...]:
    return tuple(_seeds)
