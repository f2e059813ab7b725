"""When a doubtful operation is looked at, and when an unsent one is tried again; seconds."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from portal.gateway.messages import Request
from portal.jobs.pace import factor

#: Beyond connect and read time-out: what packing, spooling and scheduling may take.
DEADLINE_MARGIN = 15.0
#: A sender that got from the commit to the first byte slower than this must not send any more.
OVERSLEPT = 10.0
#: A look that has not ended after this long is taken over.
LOOK_SECONDS = 300.0
#: The watch list: after 10 minutes, 1 hour, at day end, then daily; after LOOKS answers that prove nothing, people.
FIRST, SECOND = timedelta(minutes=10), timedelta(hours=1)
DAY_END = time(22, 0)
LOOKS = 6
#: An operation that was proven not applied this often is given to people instead of being sent once more.
SENDS = 5


def quiet(kind: type[Request[Any]] | None) -> timedelta:
    """After the deadline of an attempt: how long an effect may still appear."""
    return timedelta(seconds=(kind.quiet if kind else 60) * factor())


def next_look(looks: int, now: datetime) -> datetime:
    """When to ask again after so many answers that proved nothing."""
    if looks <= 1:
        return now + FIRST * factor()
    if looks == 2:
        return now + SECOND * factor()
    local = timezone.localtime(now)
    end = local.replace(hour=DAY_END.hour, minute=DAY_END.minute, second=0, microsecond=0)
    if looks > 3 or end <= local + timedelta(hours=1):
        end += timedelta(days=1)
    return now + (end - local) * factor()


def look_lasts() -> timedelta:
    return timedelta(seconds=max(10.0, LOOK_SECONDS * factor()))


def back_off(waited: float) -> timedelta:
    """Before an unsent message is tried again: as long as it has waited already, 5 seconds to 10 minutes."""
    return timedelta(seconds=min(max(waited, 5.0), 600.0) * max(factor(), 0.02))


def margin() -> float:
    return max(2.0, DEADLINE_MARGIN * factor())
