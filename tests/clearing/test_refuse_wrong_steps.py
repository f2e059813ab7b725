"""The refusals of the manual, each with a sentence that names what is wrong; nothing changes."""

import pytest

from clearing.models import ClearingRow, RowState
from clearing.services import (
    Refused,
    accept_finding,
    cancel_application,
    cancel_verification,
    request_generation,
    request_revocation,
    scope_of,
    submit_application,
    verify_rows,
)
from clearing.services.overview import live_rows
from portal.access.models import Institution
from portal.gateway.journal import NotAllowed, State, approve, refuse


def refused(desk, act, *args, by=None) -> str:
    with pytest.raises(Refused) as caught:
        desk.do(act, *args, by=by)
    return caught.value.sentence


def all_rows(desk, **conditions):
    return live_rows(desk.scope).filter(**conditions)


def lone_desk(desk) -> None:
    """An institution that wants no second person."""
    Institution.objects.filter(pk=desk.institution_id).update(four_eyes=False)
    desk.alice.institution.refresh_from_db()
    desk.bob.institution.refresh_from_db()


@pytest.mark.parametrize(
    ("year", "insurance", "agency", "says", "field"),
    [
        (2014, "001", "", "清算年份：应在 2015 至", "year"),
        (2999, "001", "", "清算年份：应在 2015 至", "year"),
        ("2025", "001", "", "清算年份：应在 2015 至", "year"),
        (True, "001", "", "清算年份：应在 2015 至", "year"),
        (2025, "003", "", "险种：应为 001", "insurance"),
        (2025, "310", "", "险种：应为 001", "insurance"),
        (2025, "001", "009", "清算机构：应为 001", "agency"),
    ],
)
def test_it_names_the_field_that_is_wrong(alice_member, year, insurance, agency, says, field):
    with pytest.raises(Refused) as caught:
        scope_of(alice_member, year, insurance, agency)
    assert says in caught.value.sentence
    assert caught.value.field == field


def test_after_generating(desk):
    """One generated year is enough to try all of this on: what is refused leaves it as it was."""
    desk.generate()
    before = desk.states()
    it_does_not_generate_twice(desk)
    it_does_not_apply_without_verified_rows(desk)
    it_does_not_verify_a_row_with_a_difference_before_it_was_accepted(desk)
    it_accepts_only_what_does_not_add_up(desk)
    it_wants_a_reason_for_accepting(desk)
    assert desk.states() == before
    row = it_does_not_let_one_person_accept_and_verify(desk)
    it_does_not_revoke_verified_rows_and_names_them(desk, row)


def it_does_not_generate_twice(desk):
    assert "如需重新生成请先撤销" in refused(desk, request_generation, desk.scope)
    assert desk.operations("generateClearing") == 1


def test_it_joins_a_generation_that_is_on_its_way(desk):
    first = desk.do(request_generation, desk.scope)
    assert desk.do(request_generation, desk.scope).pk == first.pk
    from clearing.models import Scope

    wider = Scope("test", 2025, "001", "")
    assert "完成后再办理" in refused(desk, request_generation, wider)


def test_it_says_what_the_centre_said(desk):
    from clearing.models import Scope

    closed = Scope("test", 2016, "001", "003")
    desk.do(request_generation, closed)
    desk.work()
    batch = desk.generation()
    assert (batch.state, desk.operation("generateClearing").state) == ("refused", State.REJECTED)
    assert "清算年份" in batch.note


def it_does_not_revoke_verified_rows_and_names_them(desk, row):
    sentence = refused(desk, request_revocation, desk.scope)
    assert row.row_id in sentence
    assert row.provider_name in sentence
    assert desk.operations("revokeClearing") == 0


def test_it_revokes_only_after_a_second_person_agreed(desk):
    desk.generate()
    operation = desk.do(request_revocation, desk.scope)
    desk.work()
    assert desk.truth()["rows"] == len(desk.rows())
    with desk.tx(), pytest.raises(NotAllowed):
        approve(operation, by=desk.alice)
    desk.approve(operation)
    desk.work()
    assert desk.rows() == []
    assert desk.centre()["scopes"] == []


def test_it_lets_everything_go_when_the_second_person_disagrees(desk):
    desk.generate()
    operation = desk.do(request_revocation, desk.scope)
    with desk.tx(), pytest.raises(Refused) as caught:
        verify_rows(all_rows(desk, finding_count=0), by=desk.alice)
    assert "正在办理其他操作" in caught.value.sentence
    with desk.tx():
        refuse(operation, by=desk.bob, reason="数据无误，不必撤销")
    assert desk.states() == {"generated": desk.truth()["rows"]}
    desk.accept().verify()
    assert set(desk.states()) == {"verified"}


def it_does_not_verify_a_row_with_a_difference_before_it_was_accepted(desk):
    broken = desk.rows(finding_count__gt=0)
    with desk.tx(), pytest.raises(Refused) as caught:
        verify_rows(all_rows(desk), by=desk.alice)
    for row in broken:
        assert row.row_id in caught.value.sentence
    assert desk.operations("verifyClearing") == 0


def it_does_not_let_one_person_accept_and_verify(desk):
    row = desk.rows(finding_count__gt=0)[0]
    desk.do(accept_finding, row, "已与中心核实", by=desk.bob)
    with desk.tx(), pytest.raises(Refused) as caught:
        verify_rows(ClearingRow.objects.filter(pk=row.pk), by=desk.bob)
    assert "由另一人核对" in caught.value.sentence
    with desk.tx():
        verify_rows(ClearingRow.objects.filter(pk=row.pk), by=desk.alice)
    desk.work()
    assert desk.row(row).state == RowState.VERIFIED
    return row


def it_wants_a_reason_for_accepting(desk):
    row = desk.rows(finding_count__gt=0)[0]
    for reason in ("", "好", "   ", "长" * 201):
        assert "接受理由" in refused(desk, accept_finding, row, reason, by=desk.bob), reason
    assert desk.row(row).accepted_at is None


def it_accepts_only_what_does_not_add_up(desk):
    assert "没有需要接受的差异" in refused(desk, accept_finding, desk.rows(finding_count=0)[0], "没有问题", by=desk.bob)


def test_before_and_after_applying(desk):
    desk.generate().accept().verify()
    waiting = desk.do(submit_application, desk.scope)
    it_does_not_cancel_what_the_centre_does_not_hold(desk, waiting)
    it_freezes_the_rows_of_an_application_that_waits_for_approval(desk, waiting)
    application = desk.submit()
    assert application.state == "applied"
    it_does_not_apply_twice(desk)
    it_does_not_cancel_the_verification_of_applied_rows(desk)
    it_keeps_an_approved_application_when_the_centre_refuses_to_cancel_it(desk, application)


def it_does_not_cancel_the_verification_of_applied_rows(desk):
    with desk.tx(), pytest.raises(Refused) as caught:
        cancel_verification(all_rows(desk), by=desk.alice)
    assert "请先撤销申请" in caught.value.sentence
    assert desk.operations("cancelVerification") == 0


def it_does_not_apply_without_verified_rows(desk):
    assert "没有已核对的数据" in refused(desk, submit_application, desk.scope)
    assert desk.operations("submitApplication") == 0


def test_it_leaves_unverified_rows_out_and_says_how_many(desk):
    desk.generate()
    clean = desk.rows(finding_count=0)
    with desk.tx():
        verify_rows(all_rows(desk, finding_count=0), by=desk.alice)
    desk.work()
    application = desk.submit()
    assert (application.count, application.left_out) == (len(clean), len(desk.rows()) - len(clean))
    assert application.count == desk.truth()["applied"]


def it_freezes_the_rows_of_an_application_that_waits_for_approval(desk, application):
    assert desk.do(submit_application, desk.scope).pk == application.pk
    with desk.tx(), pytest.raises(Refused):
        cancel_verification(all_rows(desk), by=desk.alice)
    with desk.tx():
        refuse(application.operation, by=desk.bob, reason="金额须再核对")
    assert desk.application().state == "refused"
    assert set(desk.states()) == {"verified"}


def it_does_not_apply_twice(desk):
    assert "不能重复提交" in refused(desk, submit_application, desk.scope)


def it_does_not_cancel_what_the_centre_does_not_hold(desk, application):
    assert "不能撤销" in refused(desk, cancel_application, application)


def it_keeps_an_approved_application_when_the_centre_refuses_to_cancel_it(desk, application):
    asked = {"party": desk.party.app_code, "year": "2025", "aka080": "001", "qsjg00": "003"}
    desk.party.sandbox.act("clearing", "approve", **asked)
    operation = desk.do(cancel_application, application)
    desk.approve(operation)
    desk.work()
    now = desk.application()
    assert now.state == "approved"
    assert "审核通过" in now.note
    assert set(desk.states()) == {"approved"}


def test_it_needs_no_second_person_where_the_institution_wants_none(desk):
    lone_desk(desk)
    desk.generate().accept().verify()
    desk.do(submit_application, desk.scope)
    desk.work()
    assert desk.application().state == "applied"


def test_it_marks_a_verified_row_whose_amounts_the_centre_changed(desk):
    """Fetching again never lets changed figures slip into an application."""
    from clearing.services import request_fetch

    desk.generate().accept().verify()
    with desk.tx():
        row = ClearingRow.objects.get(pk=desk.rows()[0].pk)
        row.fund_due -= 1
        row.save()
    desk.do(request_fetch, desk.scope)
    desk.work()
    now = desk.row(row)
    assert now.needs_acceptance
    assert "核对之后中心改动了数据" in {finding["title"] for finding in now.findings}
    assert "新的差异" in refused(desk, submit_application, desk.scope)
    desk.do(accept_finding, now, "按中心新数据办理", by=desk.bob)
    assert desk.submit().state == "applied"
