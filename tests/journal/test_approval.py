"""Four eyes, and who may take an operation back."""

import pytest

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.gateway.journal.models import Operation
from portal.gateway.journal.moves import Overtaken
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.services import NotAllowed, approve, operations_about, refuse, withdraw
from portal.gateway.journal.states import State


@pytest.fixture
def draft(desk):
    return desk.open(needs_second=True, expected={"rows": 1}, subject="scope-2025")


def act(desk, step, operation, **more):
    with tenant_tx(desk.institution_id):
        step(Operation.objects.get(pk=operation.pk), **more)
    return desk.now(operation).state


def test_it_is_sent_only_after_a_second_person_approved(desk, draft, bob_member):
    assert send_queued(desk.institution_id, "clearing") == 0
    assert act(desk, approve, draft, by=bob_member) == State.QUEUED
    assert send_queued(desk.institution_id, "clearing") == 1
    operation = desk.now(draft)
    assert (operation.state, operation.approved_by) == (State.DONE, bob_member.user)


def test_nobody_approves_or_refuses_their_own(desk, bob_member):
    own = desk.open(by=bob_member, needs_second=True)
    with pytest.raises(NotAllowed, match="不能复核自己"):
        act(desk, approve, own, by=bob_member)
    with pytest.raises(NotAllowed, match="不能复核自己"):
        act(desk, refuse, own, by=bob_member, reason="不对")


def test_clerks_and_auditors_do_not_approve(desk, draft, carol_member, dora_member):
    for member in (carol_member, dora_member):
        with pytest.raises(NotAllowed):
            act(desk, approve, draft, by=member)


def test_a_refusal_says_why_and_frees_the_business_object(desk, draft, bob_member):
    with pytest.raises(NotAllowed, match="理由"):
        act(desk, refuse, draft, by=bob_member, reason=" ")
    assert act(desk, refuse, draft, by=bob_member, reason="金额不对") == State.REFUSED
    assert "金额不对" in desk.now(draft).message
    assert desk.handler.told == [("withdrawn", desk.rows[0])]
    desk.open()


def test_it_is_approved_once(desk, draft, bob_member):
    with tenant_tx(desk.institution_id):
        first, second = (Operation.objects.get(pk=draft.pk) for _ in range(2))
        approve(first, by=bob_member)
        with pytest.raises(Overtaken):
            approve(second, by=bob_member)


def test_it_is_taken_back_only_before_it_left(desk, alice_member):
    operation = desk.open()
    assert act(desk, withdraw, operation, by=alice_member, reason="重复") == State.WITHDRAWN
    sent = desk.open()
    send_queued(desk.institution_id, "clearing")
    with pytest.raises(NotAllowed, match="不能撤回"):
        act(desk, withdraw, sent, by=alice_member, reason="重复")


def test_every_step_is_in_the_audit_chain(desk, draft, bob_member):
    act(desk, approve, draft, by=bob_member)
    send_queued(desk.institution_id, "clearing")
    with tenant_tx(desk.institution_id):
        names = list(Event.objects.order_by("seq").values_list("action", flat=True))
        assert list(operations_about("scope-2025").values_list("pk", flat=True)) == [draft.pk]
    steps = [name for name in names if name.startswith("gateway.operation.")]
    assert steps == ["gateway.operation.opened", "gateway.operation.approved", "gateway.operation.done"]
