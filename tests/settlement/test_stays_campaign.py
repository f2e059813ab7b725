"""Dropped and late messages while stays are settled (2304A): none twice, every doubt ended with evidence."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from settlement.models import FeeLine, LineState, Settlement, SettlementState, Visit, VisitKind, VisitState
from settlement.services.settling.binding import content_hash
from settlement.services.settling.ways import way_of
from settlement.services.visits import begin_visit
from tests.settlement import campaign

CODE = "2304A"
PRICE = Decimal("35.00")


@pytest.fixture
def desk(settling, settings):
    settings.PORTAL_QUIET_FACTOR = campaign.QUIET
    return settling


def ready(desk, count):
    """Stays of a few people, discharged, as a preview would leave them; the centre was told beforehand."""
    few, shown = desk.people(3), []
    people = [few[n % len(few)] for n in range(count)]
    told = desk.sandbox.act(
        "national",
        "stays",
        party=desk.party.app_code,
        psn_nos=[one.person_no for one in people],
        price=str(PRICE),
    )
    with desk.door():
        for patient, there in zip(people, told["stays"], strict=True):
            shown.append(previewed(desk, patient, there))
    return shown


def previewed(desk, patient, there):
    now = timezone.now()
    visit: Visit = begin_visit(
        patient,
        VisitKind.INPATIENT,
        by=desk.by,
        med_type="2101",
        number=there["number"],
        started_at=now - timedelta(days=1),
        state=VisitState.LEFT,
        mdtrt_id=there["mdtrt_id"],
        ended_at=now,
    )
    line = {"own_code": "OWN1", "item_code": "X00000001", "quantity": 1, "price": PRICE, "amount": PRICE}
    FeeLine.objects.create(
        environment=visit.environment, visit=visit, state=LineState.SENT, number="1", occurred_at=now, **line
    )
    settlement = Settlement(
        environment=visit.environment,
        number=f"{visit.number}-1",
        kind=visit.kind,
        visit=visit,
        state=SettlementState.PREVIEW,
        content_hash=content_hash(way_of(visit), visit, None),
        lines_count=1,
        charged=PRICE,
        previewed_at=now,
        created_by=desk.by.user,
    )
    settlement.save(force_insert=True)
    return settlement


def test_no_stay_is_settled_twice(desk):
    settled = campaign.run(desk, CODE, ready, campaign.COUNT)
    campaign.assert_nothing_doubled_or_lost(desk, CODE, settled)
    states = {one.state for one in settled}
    assert {SettlementState.DONE, SettlementState.REVERSED} <= states
    assert any(one.operation and one.operation.attempts > 1 for one in settled)
