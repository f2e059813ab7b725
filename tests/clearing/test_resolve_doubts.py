"""Whatever happens on the wire, every step ends once: adopted when it happened, sent again when it did not."""

from decimal import Decimal

import pytest

from clearing.models import ApplicationState, GenerationState, RowState
from clearing.services import (
    cancel_application,
    cancel_verification,
    request_generation,
    request_revocation,
    submit_application,
    verify_rows,
)
from clearing.services.overview import live_rows
from portal.gateway.journal import State

FAULTS = ["drop_request", "drop_response", "reset", "html", "truncate", "wrong_key"]


def effects(desk, code):
    """What really happened there and was not undone."""
    return [one for one in desk.party.effects(code) if not one.get("undone_by")]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_step_there_and_back_happens_once_whatever_the_wire_does(desk, fault):
    def beset(code):
        desk.party.sandbox.switch_on(fault, count=1, codes=[code])

    def happened_once(code):
        assert (code, desk.operation(code).state, desk.operations(code)) == (code, State.DONE, 1)
        assert (code, len(effects(desk, code))) == (code, 1)
        assert not desk.rows(operation__isnull=False)

    beset("generateClearing")
    desk.generate()
    happened_once("generateClearing")
    assert desk.generation().state == GenerationState.READY
    assert len(desk.rows()) == desk.truth()["rows"]

    desk.accept()
    beset("verifyClearing")
    desk.verify()
    happened_once("verifyClearing")
    assert desk.states() == {"verified": desk.truth()["verified"]}

    beset("submitApplication")
    application = desk.submit()
    held = desk.centre()["applications"]
    assert application.state == ApplicationState.APPLIED
    assert [one["application_no"] for one in held] == [application.application_no]
    assert application.disburse == Decimal(held[0]["disburse_amt"])
    assert set(desk.states()) == {"applied"}

    beset("cancelApplication")
    desk.approve(desk.do(cancel_application, application))
    desk.work()
    happened_once("cancelApplication")
    assert desk.application().state == ApplicationState.CANCELLED
    assert not [one for one in desk.centre()["applications"] if one["is_live"]]
    assert desk.states() == {"verified": desk.truth()["verified"]}

    beset("cancelVerification")
    with desk.tx():
        cancel_verification(live_rows(desk.scope), by=desk.alice)
    desk.work()
    happened_once("cancelVerification")
    assert desk.states() == {"generated": desk.truth()["rows"]}
    assert desk.truth()["verified"] == 0

    beset("revokeClearing")
    desk.approve(desk.do(request_revocation, desk.scope))
    desk.work()
    happened_once("revokeClearing")
    assert desk.generation().state == GenerationState.REVOKED
    assert desk.rows() == []
    assert desk.centre()["scopes"] == []


def test_it_asks_again_for_the_rows_that_a_partial_answer_left_out(desk):
    desk.generate().accept()
    desk.party.sandbox.switch_on("partial_batch", count=1, codes=["verifyClearing"])
    desk.verify()
    assert desk.operations("verifyClearing") == 2
    assert desk.states() == {"verified": desk.truth()["verified"]} == {"verified": len(desk.rows())}


def test_it_adopts_only_the_rows_that_are_proven_when_a_partial_reply_is_lost(desk):
    desk.generate().accept()
    desk.party.sandbox.switch_on("partial_batch", count=1, codes=["verifyClearing"])
    desk.party.sandbox.switch_on("drop_response", count=1, codes=["verifyClearing"])
    desk.verify()
    assert desk.operations("verifyClearing") == 2
    assert desk.states() == {"verified": desk.truth()["verified"]} == {"verified": len(desk.rows())}


def test_it_shows_doubt_and_lets_nothing_else_begin(desk):
    desk.party.sandbox.switch_on("drop_response", count=1, codes=["generateClearing"])
    first = desk.do(request_generation, desk.scope)
    from portal.gateway.journal import send_queued

    send_queued(desk.institution_id, "clearing")
    assert desk.operation("generateClearing").state == State.IN_DOUBT
    assert desk.generation().is_doubtful
    assert desk.do(request_generation, desk.scope).pk == first.pk
    assert desk.operations("generateClearing") == 1


def test_it_gives_an_application_with_other_totals_to_people(desk):
    """Somebody else applied for other rows in the same scope while our reply was lost."""
    from clearing.messages import SubmitApplication

    desk.generate().accept()
    with desk.tx():
        verify_rows(live_rows(desk.scope), by=desk.alice)
    desk.work()
    application = desk.do(submit_application, desk.scope)
    # The old client un-verifies one row and applies for the rest.
    from clearing.messages import CancelVerification

    desk.party.ask(CancelVerification(row_ids=[desk.rows()[0].row_id])).require()
    desk.party.ask(SubmitApplication(year="2025", aka080="001", qsjg00="003")).require()
    desk.party.sandbox.switch_on("drop_request", count=1, codes=["submitApplication"])
    desk.approve(application.operation)
    desk.work(rounds=2)
    operation = desk.operation("submitApplication")
    assert operation.state == State.RESOLVING
    assert "不一致" in operation.message
    assert desk.application().state == ApplicationState.SUBMITTING
    assert len(desk.centre()["applications"]) == 1


def test_it_takes_over_rows_that_another_program_verified(desk):
    from clearing.messages import VerifyClearing

    desk.generate().accept()
    row = desk.rows()[0]
    desk.party.ask(VerifyClearing(row_ids=[row.row_id])).require()
    desk.verify()  # refused: one of them is verified already; fetched again, nothing lost
    assert desk.operation("verifyClearing").state == State.REJECTED
    now = desk.row(row)
    assert (now.state, now.verified_by, now.operation) == (RowState.VERIFIED, None, None)
    assert "其他程序" in now.verified_as
    with desk.tx():
        verify_rows(live_rows(desk.scope).filter(state=RowState.GENERATED), by=desk.alice)
    desk.work()
    assert desk.states() == {"verified": desk.truth()["verified"]}


def test_it_keeps_what_it_got_when_a_fetch_breaks_and_fetches_again(desk):
    from clearing.services import request_fetch

    desk.party.sandbox.switch_on("html", count=3, codes=["queryClearing"])
    desk.generate()
    batch = desk.generation()
    assert (batch.state, desk.rows()) == (GenerationState.READY, [])
    assert batch.note
    desk.do(request_fetch, desk.scope)
    desk.work()
    assert len(desk.rows()) == desk.truth()["rows"]
    assert desk.generation().note == ""


def test_it_notices_rows_that_another_program_revoked(desk):
    from clearing.messages import RevokeClearing
    from clearing.services import request_fetch

    desk.generate()
    desk.party.ask(RevokeClearing(year="2025", aka080="001", qsjg00="003")).require()
    desk.do(request_fetch, desk.scope)
    desk.work()
    assert desk.rows() == []
    assert desk.generation().state == GenerationState.REVOKED


def test_it_fetches_what_another_program_generated(desk):
    from clearing.messages import GenerateClearing
    from clearing.services import request_fetch

    desk.party.ask(GenerateClearing(year="2025", aka080="001", qsjg00="003")).require()
    desk.generate()
    assert desk.generation().state == GenerationState.REFUSED
    assert "获取已有数据" in desk.generation().note
    desk.do(request_fetch, desk.scope)
    desk.work()
    assert len(desk.rows()) == desk.truth()["rows"]
