"""The campaign of settling for bills of outpatients (2207A): their visit is at the centre before they are settled."""

import os

import pytest
from django.utils import timezone

from settlement.models import Settlement, SettlementState
from settlement.services.outpatient.information import InformationGiven, inform
from settlement.services.outpatient.registration import register
from settlement.services.outpatient.sending import send_bill
from settlement.services.settling.binding import content_hash
from settlement.services.settling.ways import charges_of, way_of
from tests.settlement import campaign
from tests.settlement.outpatients import COUGH, Clinic
from tests.settlement.settling_desk import line

CODE = "2207A"
#: In the gate a few: registering and uploading is most of the work. `CAMPAIGN=170` does as many as of the others.
COUNT = campaign.COUNT if "CAMPAIGN" in os.environ else 8


@pytest.fixture
def desk(settling, settings):
    settings.PORTAL_QUIET_FACTOR = campaign.QUIET
    return settling


def ready(desk, count):
    """Visits of three people, each with one bill that is uploaded, as its preview would leave it."""
    clinic, people = Clinic(desk), desk.people(3)
    visits = [clinic.begun(people[n % 3]) for n in range(count)]
    together(desk, register, visits)
    together(desk, lambda visit, by: inform(visit, InformationGiven("11"), [COUGH], by=by), visits)
    bills = [clinic.bill(visit, [line(price=f"{10 + n / 100:.2f}")]) for n, visit in enumerate(visits)]
    together(desk, send_bill, bills)
    for fault, times in (("drop_response", 3), ("drop_request", 1)):  # few settlements, and doubts all the same
        desk.sandbox.switch_on(fault, count=times, codes=[CODE])
    return [previewed(desk, clinic.bill_now(bill)) for bill in bills]


def together(desk, step, things):
    for thing in things:
        with desk.door():
            step(thing, by=desk.by)
    desk.carry()


def previewed(desk, bill):
    visit = bill.visit
    way = way_of(visit)
    with desk.door():
        settlement = Settlement(
            environment=visit.environment,
            number=f"{visit.number}-1",
            kind=visit.kind,
            visit=visit,
            bill=bill,
            state=SettlementState.PREVIEW,
            content_hash=content_hash(way, visit, bill),
            lines_count=1,
            charged=charges_of(way.lines(visit, bill))[0].amount,
            previewed_at=timezone.now(),
            created_by=desk.by.user,
        )
        settlement.save(force_insert=True)
    return settlement


def test_no_bill_is_settled_twice(desk):
    settled = campaign.run(desk, CODE, ready, COUNT)
    campaign.assert_nothing_doubled_or_lost(desk, CODE, settled)
    assert SettlementState.DONE in {one.state for one in settled}
