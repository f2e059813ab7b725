"""One year, step by step, over the real wire: what we hold equals what the centre holds."""

from decimal import Decimal

from clearing.models import ApplicationState, GenerationState


def test_a_year(desk):
    desk.generate()
    it_has_what_the_centre_holds(desk)
    it_finds_every_row_that_was_spoilt(desk)
    desk.accept().verify()
    it_verifies_and_applies_for_everything(desk)
    it_learns_that_the_centre_approved(desk)


def it_has_what_the_centre_holds(desk):
    rows, truth, batch = desk.rows(), desk.truth(), desk.generation()
    assert len(rows) == truth["rows"] == batch.count == batch.announced
    assert sum(row.disburse for row in rows) == Decimal(truth["disburse_amt"]) == batch.disburse
    assert sum(row.fund_due for row in rows) == Decimal(truth["fund_due_amt"])
    assert (batch.state, batch.note) == (GenerationState.READY, "")
    assert batch.batch_no


def it_finds_every_row_that_was_spoilt(desk):
    broken = {one["row_id"]: one["broken"] for one in desk.centre()["broken"]}
    found = {row.row_id: row.findings for row in desk.rows() if row.finding_count}
    assert found.keys() == broken.keys()
    fields = {"disburse": "拨付金额", "deposit_refund": "保证金返还金额", "fund_due": "基金应付金额"}
    for row_id, findings in found.items():
        assert findings[0]["field"] == fields[broken[row_id]]
        assert Decimal(findings[0]["theirs"]) - Decimal(findings[0]["ours"]) == Decimal(findings[0]["difference"])


def it_verifies_and_applies_for_everything(desk):
    assert desk.states() == {"verified": desk.truth()["verified"]}
    assert {row.verified_by_id for row in desk.rows()} == {desk.alice.user.pk}
    application = desk.submit()
    truth = desk.truth()
    assert application.state == ApplicationState.APPLIED
    assert application.application_no
    assert (application.submitted_by, application.approved_by) == (desk.alice.user, desk.bob.user)
    assert application.count == application.centre_count == truth["applied"] == len(desk.rows())
    assert application.disburse == application.centre_disburse == Decimal(truth["applied_disburse_amt"])
    assert desk.states() == {"applied": truth["applied"]}


def it_learns_that_the_centre_approved(desk):
    from clearing.services import request_application_query

    asked = {"party": desk.party.app_code, "year": "2025", "aka080": "001", "qsjg00": "003"}
    desk.party.sandbox.act("clearing", "approve", **asked)
    desk.do(request_application_query, desk.scope)
    desk.work()
    assert desk.application().state == ApplicationState.APPROVED
    assert set(desk.states()) == {"approved"}
