"""What should have happened and did not: a day without a run, a result that has been in doubt for too long.

Looked for by the sweep, told once to people (dashboard), to the chain and to other systems, ended by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from portal.access.models import Institution
from portal.audit import record
from portal.gateway.journal import Operation
from portal.gateway.journal.states import DOUBTFUL
from portal.hooks import announce
from reconciliation.actions import ALARM_RAISED
from reconciliation.models import Alarm, AlarmKind
from reconciliation.services.families import families_of, family_title
from reconciliation.services.schedule import missed_days

#: A result may be in doubt so long before people are told (quiet periods end well before).
PATIENCE = timedelta(minutes=30)
#: More at once say nothing more.
MOST = 200


@dataclass(frozen=True)
class Cause:
    """Why something is raised: once for each `about`."""

    kind: str
    about: str
    sentence: str
    event: str
    facts: dict[str, Any]


def look(institution_id: int) -> int:
    """Raise what is new and end what is over; how many are open. Inside the institution's door."""
    environment = Institution.objects.get(pk=institution_id).environment
    causes = {(one.kind, one.about): one for one in [*_missed(environment), *_doubts(environment)]}
    open_ones = {(one.kind, one.about): one for one in Alarm.objects.filter(environment=environment, ended_at=None)}
    for key in causes.keys() - open_ones.keys():
        _raise(causes[key], environment)
    over = [open_ones[key].pk for key in open_ones.keys() - causes.keys()]
    Alarm.objects.filter(pk__in=over).update(ended_at=timezone.now())
    return len(causes)


def _raise(cause: Cause, environment: str) -> None:
    alarm, is_new = Alarm.objects.get_or_create(
        environment=environment,
        kind=cause.kind,
        about=cause.about,
        ended_at=None,
        defaults={"sentence": cause.sentence[:300]},
    )
    if is_new:
        record(ALARM_RAISED, alarm, by=None, what=cause.sentence[:200])
        announce(cause.event, about=cause.about, facts=cause.facts, environment=environment)


def _missed(environment: str) -> Iterator[Cause]:
    for family in families_of(environment):
        for day in missed_days(environment, family=family):
            sentence = f"{family_title(family)} {day:%Y-%m-%d} 应当对账，但没有完成"
            facts = {"family": family, "day": day.isoformat()}
            yield Cause(AlarmKind.MISSED, f"{family} {day:%Y-%m-%d}", sentence, "run.missed", facts)


def _doubts(environment: str) -> Iterator[Cause]:
    """Operations whose first message left longer ago than anybody should wait without knowing."""
    rows = Operation.objects.filter(environment=environment, state__in=DOUBTFUL, by_console=False)
    old = rows.annotate(sent=Min("attempt_rows__sent_at")).filter(sent__lt=timezone.now() - PATIENCE)
    for one in old.defer("request", "reply").order_by("created_at")[:MOST]:
        facts = {"id": str(one.pk), "gateway": one.gateway, "kind": one.kind}
        yield Cause(AlarmKind.DOUBT, str(one.pk), f"“{one.title}”超过 30 分钟{one.sentence}", "doubt.old", facts)
