"""Saying that something happened, in the transaction in which it happened: neither is there without the other."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from portal.access.door import required_institution
from portal.access.models import Institution
from portal.access.rows import new_id
from portal.hooks.events import event
from portal.hooks.models import Delivery, Webhook
from portal.jobs.holds import carried_environment
from portal.jobs.queue import later

TASK = "portal.hooks.tasks.deliver_now"


def announce(name: str, *, about: str, facts: Mapping[str, Any], environment: str = "") -> int:
    """Have every active webhook that wants this event told of it after the commit; how many there are.

    Call inside the institution's door, in the transaction of what happened. `about` is the number of the business
    object, `facts` small values for programs: numbers, codes, states, ids; never anything about a person.
    `environment` is the event's own, else the one of the operation that is being taken in, else the institution's.
    Raises LookupError for an event nobody declared.
    """
    happened = event(name)
    wanting = Webhook.objects.filter(is_active=True, events__contains=[happened.name]).order_by()
    institution = Institution.objects.get(pk=required_institution()) if (found := list(wanting)) else None
    if institution is None:
        return 0
    meant = environment or carried_environment() or institution.environment
    told = [one for one in found if one.environment == meant]
    for webhook in told:
        put(webhook, institution.code, happened.name, about, facts)
    if told:
        later(TASK, institution.pk)
    return len(told)


def put(webhook: Webhook, code: str, name: str, about: str, facts: Mapping[str, Any]) -> Delivery:
    """One message for one webhook, waiting to be sent."""
    message = new_id()
    body = {
        "id": str(message),
        "event": name,
        "about": about,
        "institution": code,
        "environment": webhook.environment,
        "occurred_at": timezone.localtime().isoformat(),
        "facts": dict(facts),
    }
    return Delivery.objects.create(
        webhook=webhook, environment=webhook.environment, message=message, event=name, about=about[:200], body=body
    )
