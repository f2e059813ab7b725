"""What papers about one admission have in common: person, city, days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from injury.models import Admission
from portal.access.models import Institution
from portal.codes import code_list


@dataclass(frozen=True)
class Person:
    """Name and identity number as they may be printed."""

    name: str
    identity: str


def person_of(admission: Admission, *, whole: bool) -> Person:
    """In full for those who may read it, otherwise masked."""
    if whole:
        return Person(admission.name.reveal(), admission.identity.reveal())
    return Person(admission.name_masked, admission.identity_masked)


def city_of(institution: Institution) -> str:
    """The city of the institution's region (5.3), for the heading; empty when the list does not know it."""
    regions = code_list("injury.aab301")
    city = f"{institution.region[:4]}00"
    return regions.label(city) if city in regions else ""


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def shown_day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
