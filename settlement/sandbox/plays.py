"""Everything the sandbox plays on the national interface; importing it registers the plays."""

from settlement.sandbox import (
    asking,
    book,
    book_faults,
    doors,
    filing,
    identify,
    inpatient,
    lists,
    others,
    outpatient,
    pharmacy,
    places,
    reconciling,
    reversal,
    state,
    uploads,
)

__all__ = [
    "asking",
    "book",
    "book_faults",
    "doors",
    "filing",
    "identify",
    "inpatient",
    "lists",
    "others",
    "outpatient",
    "pharmacy",
    "places",
    "reconciling",
    "reversal",
    "state",
    "uploads",
]
