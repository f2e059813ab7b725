"""Which admission a person or an application is fit for on a day: the centre's rule, and what the people door tells."""

from __future__ import annotations

from datetime import date

from injury.sandbox.models import Filing, Person, Treatment

OUTPATIENT, INPATIENT = "11", "21"
CROSS_OUTPATIENT, CROSS_INPATIENT = "71", "72"
REHABILITATION, CARE = "4", "7"
#: Filings for rehabilitation; the last kind is for aids and admits nobody.
FILED_REHABILITATION, FILED_CARE = frozenset({"02", "04", "06"}), frozenset({"01", "03", "05"})


def admits(treatment: Treatment, on: date, aka130: str, akc191: str) -> bool:
    """Whether an approved application covers the day, the way (2 inpatient, 1 outpatient) and the kind of treatment.

    Applications of the kinds 3 and 8 are for rehabilitation, 4 (elsewhere) is only to be shown (4.4).
    """
    kinds = {"3", "8"} if akc191 == REHABILITATION else {"6", "7"}
    way = "2" if aka130 == INPATIENT else "1"
    covers = treatment.starts_on <= on <= treatment.ends_on
    return treatment.akc175 == "1" and covers and treatment.jxzl == way and treatment.ale021 in kinds


def files(filing: Filing, on: date, akc191: str) -> bool:
    """Whether a filing is valid and approved on the day, and for this kind of treatment (4.21, 4.22)."""
    kinds = FILED_REHABILITATION if akc191 == REHABILITATION else FILED_CARE
    is_valid = filing.aae100 == "1" and filing.aae016 == "1"
    return is_valid and filing.starts_on <= on <= filing.ends_on and filing.ala491 in kinds


def fitness(person: Person, on: date) -> list[str]:
    """What the person can be admitted for: inpatient, outpatient, rehabilitation, waiting (an undecided application),
    new (reported) or new_unreported, cross, cross_rehabilitation or cross_refused."""
    found = set()
    for injury in person.injuries.all():
        if not injury.alca02:
            found.add("new" if injury.reports.all() else "new_unreported")
        for one in injury.treatments.all():
            if admits(one, on, INPATIENT, CARE):
                found.add("inpatient")
            if admits(one, on, OUTPATIENT, CARE):
                found.add("outpatient")
            if admits(one, on, INPATIENT, REHABILITATION):
                found.add("rehabilitation")
            if one.akc175 in "05":
                found.add("waiting")
    filings = list(person.filings.all())
    if any(files(one, on, CARE) for one in filings):
        found.add("cross")
    if any(files(one, on, REHABILITATION) for one in filings):
        found.add("cross_rehabilitation")
    if filings and not found:
        found.add("cross_refused")
    return sorted(found)
