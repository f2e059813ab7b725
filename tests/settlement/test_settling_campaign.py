"""Dropped and late messages while patients wait: no settlement twice, every doubt ended with evidence."""

import pytest
from django.utils import timezone

from portal.gateway.journal import NotApplied
from settlement.models import Settlement, SettlementState
from settlement.services.settling.binding import content_hash
from settlement.services.settling.settle import Settling
from settlement.services.settling.ways import charges_of, way_of
from tests.settlement import campaign
from tests.settlement.settling_desk import line

CODE = "2102A"


@pytest.fixture
def desk(settling, settings):
    settings.PORTAL_QUIET_FACTOR = campaign.QUIET
    return settling


def ready(desk, count):
    """Purchases of three people, each of one line, as a preview would leave them; the centre is not asked for it."""
    people, shown = desk.people(3), []
    for n in range(count):
        visit = desk.basket(people[n % 3], line(price=f"{10 + n / 100:.2f}"))
        way = way_of(visit)
        with desk.door():
            charges = charges_of(way.lines(visit, None))
            settlement = Settlement(
                environment=visit.environment,
                number=f"{visit.number}-1",
                kind=visit.kind,
                visit=visit,
                state=SettlementState.PREVIEW,
                content_hash=content_hash(way, visit, None),
                lines_count=1,
                charged=charges[0].amount,
                previewed_at=timezone.now(),
                created_by=desk.by.user,
            )
            settlement.save(force_insert=True)
        shown.append(settlement)
    return shown


def test_no_purchase_is_settled_twice(desk):
    settled = campaign.run(desk, CODE, ready, campaign.COUNT)
    campaign.assert_nothing_doubled_or_lost(desk, CODE, settled)
    states = {one.state for one in settled}
    assert {SettlementState.DONE, SettlementState.REVERSED} <= states
    assert any(one.operation and one.operation.attempts > 1 for one in settled)


def test_the_checker_catches_settling_again_on_time_out(desk, monkeypatch):
    """Negative control: silence is taken for failure, and the message sent again."""
    monkeypatch.setattr(Settling, "investigate", lambda self, operation, ask: NotApplied("没有答复，当作失败"))
    desk.sandbox.switch_on("drop_response", rate=0.5, seed="careless", codes=[CODE])
    for one in ready(desk, 6):
        desk.settle(one)
    desk.carry()
    live = [one for one in desk.effects(CODE) if one["undone_by"] is None]
    assert len(live) > 6
    assert any(one["duplicate"] for one in live)
    assert {one[:2] for one in campaign.broken(desk)} >= {"I1"}
