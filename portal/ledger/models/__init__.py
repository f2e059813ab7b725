"""The book's tables."""

from portal.ledger.models.arrival import ArrivalState, ArrivingEntry, EntryArrival
from portal.ledger.models.entry import Entry

__all__ = ["ArrivalState", "ArrivingEntry", "Entry", "EntryArrival"]
