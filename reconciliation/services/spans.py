"""Days, months and parts of them: which spans the platform takes for an application, and how to ask around that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

#: What comes after the last day of the first half of a month.
MIDDLE = 16


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def is_whole(begin: date, end: date) -> bool:
    """Whether the span goes from the first day of a month to the last of one (`end` does not belong to it).

    Asking the total account about such a span, once it is past, lets the platform apply for clearing: it is never
    asked in passing. Whether several months at once count as one application the guide does not say; we think so.
    """
    return begin.day == 1 and end.day == 1 and begin < end


def is_past_month(begin: date, end: date, today: date) -> bool:
    """Whether it is exactly one month, and not the one that `today` is in, nor a later one."""
    return begin.day == 1 and end == next_month(begin) and end <= today


def halves(begin: date, end: date) -> tuple[tuple[date, date], ...]:
    """The span itself, or in two parts when it is whole months: neither part is one, so both may be asked about."""
    if not is_whole(begin, end):
        return ((begin, end),)
    middle = begin.replace(day=MIDDLE)
    return ((begin, middle), (middle, end))


def pieces(begin: date, end: date, counts: Mapping[date, int], most: int) -> Iterable[tuple[date, date]]:
    """The span in parts of at most `most` entries, cut between days; a day that has more is a part of its own."""
    first, held, day = begin, 0, begin
    while day < end:
        here = counts.get(day, 0)
        if held and held + here > most:
            yield first, day
            first, held = day, 0
        held += here
        day += timedelta(days=1)
    yield first, end
