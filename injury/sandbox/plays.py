"""Everything the sandbox plays for work injury; importing it registers the plays."""

from injury.sandbox import (
    admitting,
    cards,
    doors,
    fees,
    finding,
    leaving,
    papers,
    reading,
    sessions,
    state,
    sums,
)

__all__ = [
    "admitting",
    "cards",
    "doors",
    "fees",
    "finding",
    "leaving",
    "papers",
    "reading",
    "sessions",
    "state",
    "sums",
]
