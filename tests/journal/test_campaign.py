"""200 operations with every tenth reply dropped: journal and truth agree in both directions afterwards."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from clearing.messages import GenerateClearing, QueryClearing, VerifyClearing
from portal.access.door import tenant_tx
from portal.gateway import client
from portal.gateway.channels.models import Channel
from portal.gateway.journal import doubt
from portal.gateway.journal.handlers import NotApplied
from portal.gateway.journal.invariants import Truth, check_everything
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.states import DOUBTFUL, Outcome, State

COUNT = 200


@pytest.fixture
def town(desk):
    """A channel row that says that the desk's party is ours."""
    with tenant_tx(desk.institution_id):
        Channel.objects.create(
            gateway="clearing",
            environment="test",
            base_url=desk.party.settings.base_url,
            app_code=desk.party.app_code,
            provider_public_key="-",
            private_key="-",
            public_key="-",
            iv="-",
        )
    return desk


@pytest.fixture
def campaign(desk, counterpart, monkeypatch, request):
    """Of a party with enough rows."""
    desk.party = counterpart("CAMPAIGN", timeout=5, options={"institutions": 160})
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: desk.party.settings)
    desk.party.ask(GenerateClearing(year="2025", aka080="001")).require()
    first = desk.party.ask(QueryClearing(year="2025", aka080="001", page=1, size=500)).require()
    desk.rows = [row.row_id for row in first.rows]
    assert len(desk.rows) >= COUNT
    return request.getfixturevalue("town")


def truth(desk):
    """The ledger, without the generation that made the rows (it went past the journal)."""
    return Truth("clearing", "test", tuple(desk.effects()))


def settle(desk):
    """What sweeps and workers do until nothing moves any more."""
    for _ in range(10):
        send_queued(desk.institution_id, "clearing")
        with tenant_tx(desk.institution_id):
            Operation.objects.filter(state__in=DOUBTFUL).update(quiet_until=None, next_look_at=None)
            due = list(Operation.objects.filter(doubt.due(timezone.now())).values_list("pk", flat=True))
            queued = Operation.objects.filter(state=State.QUEUED).exists()
        if not due and not queued:
            return
        for pk in due:
            doubt.resolve(desk.institution_id, pk)


def test_journal_and_truth_agree_in_both_directions(campaign):
    desk = campaign
    desk.sandbox.switch_on("drop_response", rate=0.1, seed="campaign", codes=["verifyClearing"])
    desk.sandbox.switch_on("drop_request", rate=0.03, seed="requests", codes=["verifyClearing"])
    for number in range(COUNT):
        desk.open(number)
    settle(desk)
    with tenant_tx(desk.institution_id):
        states = set(Operation.objects.values_list("state", flat=True))
        outcomes = list(Attempt.objects.filter(operation__isnull=False).values_list("outcome", flat=True))
    assert states == {State.DONE}
    assert outcomes.count(Outcome.UNKNOWN) >= COUNT // 20
    assert len(outcomes) > COUNT  # dropped requests were sent again, with evidence
    effects = desk.effects()
    assert len(effects) == COUNT
    assert sorted(desk.handler.told) == sorted(("applied", row) for row in desk.rows[:COUNT])
    assert check_everything([truth(desk)]) == []


def test_the_checker_catches_sending_again_on_time_out(town):
    """Negative control: a completer that takes silence for failure. The same checker must see what it does."""
    desk = town
    desk.handler.verdict = NotApplied("没有答复，当作失败")
    desk.sandbox.switch_on("drop_response", rate=0.5, seed="careless", codes=["verifyClearing"])
    for number in range(10):
        desk.open(number)
    settle(desk)
    broken = check_everything([truth(desk)])
    assert {one.promise for one in broken} & {"I1", "I4"}


def test_the_checker_catches_an_effect_past_the_journal_and_a_missing_one(town):
    desk = town
    desk.open(0)
    settle(desk)
    complete = truth(desk)
    assert check_everything([complete]) == []
    assert [one.promise for one in check_everything([Truth("clearing", "test", ())])] == ["I2"]
    desk.party.ask(VerifyClearing(row_ids=[desk.rows[1]])).require()
    assert [one.promise for one in check_everything([truth(desk)])] == ["I2"]
    doubled = Truth("clearing", "test", complete.effects * 2)
    assert [one.promise for one in check_everything([doubled])] == ["I1"]


def test_the_command_names_the_first_broken_promise(town, owner_sql, capsys):
    desk = town
    desk.open(0)
    settle(desk)
    call_command("invariants", "--no-truth")
    assert "I8" in capsys.readouterr().out
    owner_sql(f"SET app.institution = '{desk.institution_id}'")
    owner_sql("ALTER TABLE gateway_operation DISABLE TRIGGER USER")
    owner_sql("UPDATE gateway_operation SET state = 'rejected'")
    owner_sql("ALTER TABLE gateway_operation ENABLE TRIGGER USER")
    with pytest.raises(SystemExit):
        call_command("invariants", "--no-truth")
    assert capsys.readouterr().err.startswith("违反 I2")
