"""From queued to an outcome, over the real wire."""

from portal.gateway.journal.doubt import reap, resolve
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.states import Outcome, State


def test_it_sends_once_and_tells_the_business(desk):
    operation = desk.open()
    assert send_queued(desk.institution_id, "clearing") == 1
    operation = desk.now(operation)
    assert (operation.state, operation.attempts) == (State.DONE, 1)
    assert desk.handler.told == [("applied", desk.rows[0])]
    assert len(desk.effects(desk.rows[0])) == 1
    [attempt] = desk.attempts(operation)
    assert attempt.outcome == Outcome.OK
    assert attempt.msgid == desk.effects(desk.rows[0])[0]["nonce"]


def test_it_adopts_an_effect_whose_reply_was_dropped(desk):
    desk.sandbox.switch_on("drop_response", count=1, codes=["verifyClearing"])
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    assert desk.now(operation).state == State.IN_DOUBT
    assert reap(desk.institution_id) == 0
    import time

    time.sleep(0.1)
    assert resolve(desk.institution_id, operation.pk) == State.DONE
    assert len(desk.effects(desk.rows[0])) == 1
