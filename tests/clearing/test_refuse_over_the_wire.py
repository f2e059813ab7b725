"""Each refusal of the manual at its other two levels: what the page says, and what the centre itself answers.

The services' own refusals are in test_refuse_wrong_steps.py; here the page sends nothing, and a message that passes by
our checks is refused by the other side of the wire with nothing changed.
"""

from typing import Any

import pytest
from django.urls import reverse

from clearing.messages import CancelApplication, CancelVerification, RevokeClearing, SubmitApplication
from clearing.models import ClearingRow, RowState
from clearing.services import verify_rows
from clearing.services.overview import live_rows
from portal.gateway.errors import Rejected
from tests.cast import signed_in

SCOPE = {"year": "2025", "insurance": "001", "agency": "003"}
WIRE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}


def answer_of(desk, request) -> str:
    """The code that the centre refuses with, past our own checks; its books stay as they were."""
    before = desk.truth()
    with pytest.raises(Rejected) as caught:
        desk.party.ask(request).require()
    assert desk.truth() == before
    return caught.value.code


def said(desk, name, data) -> str:
    return signed_in(desk.alice).post(reverse(name), data, follow=True).content.decode()


def test_every_refusal_of_a_year(desk):
    """Step by step through one year: before verifying, with one row verified, applied for, approved."""
    desk.generate()
    it_does_not_apply_for_unverified_rows(desk)
    it_does_not_revoke_verified_rows(desk)
    desk.accept()
    with desk.tx():
        verify_rows(live_rows(desk.scope).filter(state=RowState.GENERATED), by=desk.alice)
    desk.work()
    application = desk.submit()
    it_does_not_cancel_the_verification_of_applied_rows(desk)
    it_explains_why_an_approved_application_is_not_cancelled(desk, application)


def it_does_not_revoke_verified_rows(desk):
    row = desk.rows(finding_count=0)[0]
    with desk.tx():
        verify_rows(ClearingRow.objects.filter(pk=row.pk), by=desk.alice)
    desk.work()
    page = signed_in(desk.alice).get(reverse("clearing:generation-revoke"), SCOPE).content.decode()
    assert reverse("clearing:row-detail", args=[row.pk]) in page, "the row that is in the way is named with its link"
    assert "撤销清算数据</button>" not in page
    assert "已核对或已申请的清算数据不能撤销" in said(desk, "clearing:generation-revoke", SCOPE)
    assert desk.operations("revokeClearing") == 0
    assert answer_of(desk, RevokeClearing(**WIRE)) == "2003"


def it_does_not_cancel_the_verification_of_applied_rows(desk):
    rows = desk.rows()
    told = said(desk, "clearing:unverify", {"ids": [str(row.pk) for row in rows[:2]]})
    assert "已提交清算申请的数据不能撤销核对，请先撤销申请" in told
    assert rows[0].row_id in told
    assert desk.operations("cancelVerification") == 0
    assert answer_of(desk, CancelVerification(row_ids=[rows[0].row_id])) == "3004"


def it_does_not_apply_for_unverified_rows(desk):
    page = signed_in(desk.alice).get(reverse("clearing:application-submit"), SCOPE).content.decode()
    assert "提交清算申请</button>" not in page
    assert "没有已核对的数据，请先完成核对" in said(desk, "clearing:application-submit", SCOPE)
    assert desk.operations("submitApplication") == 0
    assert answer_of(desk, SubmitApplication(**WIRE)) == "4001"


def it_explains_why_an_approved_application_is_not_cancelled(desk, application):
    desk.party.sandbox.act("clearing", "approve", party=desk.party.app_code, **WIRE)
    clerk = signed_in(desk.alice)
    clerk.post(reverse("clearing:application-query", args=[application.pk]))
    desk.work()
    page = clerk.get(reverse("clearing:application-cancel"), SCOPE).content.decode()
    assert "可能无法撤销（清算手册 8.2）" in page
    assert "医保中心答复" not in page
    # The manual says "may be impossible": the page lets people try, and says what the centre answered.
    clerk.post(reverse("clearing:application-cancel"), SCOPE)
    desk.approve(desk.operation("cancelApplication"))
    desk.work()
    for page in (
        clerk.get(reverse("clearing:application-cancel"), SCOPE).content.decode(),
        clerk.get(reverse("clearing:application-detail", args=[application.pk])).content.decode(),
    ):
        assert "医保中心答复：" in page
        assert "代码 4004" in page
        assert "请联系医保中心退回" in page
    assert (desk.application().state, set(desk.states())) == ("approved", {"approved"})
    assert answer_of(desk, CancelApplication(**WIRE)) == "4004"
