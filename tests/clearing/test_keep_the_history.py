"""Every change of a row stands in its history, and any two fetches can be laid side by side."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clearing.messages import VerifyClearing
from clearing.models import ChangeKind, ClearingRow, RowChange
from clearing.services import cancel_application, cancel_verification, request_fetch, submit_application, verify_rows
from clearing.services.comparing import compare, snapshots, totals_of
from clearing.services.timeline import row_events
from portal.gateway.journal import NotAllowed, approve
from tests.cast import signed_in

SCOPE = {"year": "2025", "insurance": "001", "agency": "003"}


def kinds(desk, row) -> list[str]:
    with desk.tx():
        return list(RowChange.objects.filter(row=row).order_by("at", "id").values_list("kind", flat=True))


def fetch(desk) -> None:
    desk.do(request_fetch, desk.scope)
    desk.work()


def test_it_tells_a_row_s_whole_year_and_is_written_once(desk):
    desk.generate()
    row = desk.rows(finding_count__gt=0)[0]
    application = desk.accept().verify().submit()
    operation = desk.do(cancel_application, application)
    desk.approve(operation)
    desk.work()
    with desk.tx():
        cancel_verification(ClearingRow.objects.filter(pk=row.pk), by=desk.alice)
    desk.work()
    assert kinds(desk, row) == ["fetched", "found", "accepted", "verified", "applied", "cancelled", "unverified"]
    with desk.tx():
        events = {event.title: event for event in row_events(desk.row(row))}
    assert events["接受差异"].who == desk.bob.label
    assert "已与医保中心核实" in events["接受差异"].reason
    verified = events["核对"].operation
    assert verified is not None
    assert verified.kind == "verifyClearing"
    assert "复核 复核甲" in events["申请"].who
    assert events["申请"].states == "已核对 → 已申请"
    page = signed_in(desk.alice).get(reverse("clearing:row-detail", args=[row.pk])).content.decode()
    for words in ("变动历史", "首次获取", "发现差异", "撤销申请", application.application_no, "各月结算"):
        assert words in page
    detail = reverse("clearing:application-detail", args=[application.pk])
    page = signed_in(desk.alice).get(detail).content.decode()
    for words in ("时间线", "提交申请", "复核通过", "医保中心受理", "医保中心同意撤销"):
        assert words in page
    it_can_be_written_once_only(desk)


def it_can_be_written_once_only(desk):
    with desk.tx(), pytest.raises(DatabaseError), transaction.atomic():
        RowChange.objects.update(reason="")
    with desk.tx(), pytest.raises(DatabaseError), transaction.atomic():
        RowChange.objects.all().delete()


def test_it_compares_any_two_fetches(desk):
    """What is here is put back to an older state, so that fetching again brings what the centre has."""
    desk.generate()
    changed, back, gone = desk.rows(finding_count=0)[:3]
    with desk.tx():
        first = desk.generation().count
        ClearingRow.objects.filter(pk=changed.pk).update(
            fund_due=changed.fund_due - 100, disburse=changed.disburse - 100
        )
        ClearingRow.objects.filter(pk=back.pk).update(state="revoked")
        ClearingRow.objects.filter(pk=gone.pk).update(row_id="NOT-AT-THE-CENTRE")
    fetch(desk)
    fetch(desk)
    with desk.tx():
        third, second, oldest = snapshots(desk.scope)
        quiet = compare(desk.scope, second, third)
        found = compare(desk.scope, oldest, third)
        here = {one.row.pk: one for one in found.rows}
    assert quiet.rows == ()
    assert oldest.count == first
    assert totals_of(third, desk.scope)["disburse"] == Decimal(desk.truth()["disburse_amt"])
    assert here[changed.pk].kind == "changed"
    assert [(one.label, one.difference) for one in here[changed.pk].figures] == [
        ("基金应付金额", Decimal("100.00")),
        ("拨付金额", Decimal("100.00")),
    ]
    assert (here[back.pk].kind, here[back.pk].after) == ("added", back.disburse)
    assert (here[gone.pk].kind, here[gone.pk].before) == ("gone", gone.disburse)
    assert dict(found.counts) == {"新增": 2, "消失": 1, "变动": 1}  # the renamed row is new under its own number
    clerk = signed_in(desk.alice)
    page = clerk.get(reverse("clearing:fetch-compare"), {**SCOPE, "earlier": str(oldest.pk), "later": str(third.pk)})
    for words in (changed.provider_name, "+100.00", "消失"):
        assert words in page.content.decode()
    export = clerk.get(
        reverse("clearing:fetch-compare"),
        {**SCOPE, "earlier": str(oldest.pk), "later": str(third.pk), "export": "xlsx"},
    )
    assert export.content[:2] == b"PK"


def test_it_does_not_let_a_draft_go_whose_amounts_have_changed(desk):
    desk.generate().accept().verify()
    application = desk.do(submit_application, desk.scope)
    row = desk.rows()[0]
    with desk.tx():
        ClearingRow.objects.filter(pk=row.pk).update(disburse=row.disburse + 1)
    with desk.tx(), pytest.raises(NotAllowed) as caught:
        approve(application.operation, by=desk.bob)
    assert f"{application.disburse:,.2f} 元" in caught.value.sentence
    assert f"{application.disburse + 1:,.2f} 元，数据已有变动" in caught.value.sentence
    page = signed_in(desk.bob).get(reverse("gateway:approvals")).content.decode()
    assert f"拨付金额（元）：{application.disburse:,.2f}" in page
    assert "提交后这些数据不能撤销核对" in page
    with desk.tx():
        ClearingRow.objects.filter(pk=row.pk).update(disburse=row.disburse)
    desk.approve(application.operation)
    desk.work()
    assert desk.application().state == "applied"


def test_it_notes_why_a_step_did_not_happen(desk):
    desk.generate().accept()
    row = desk.rows()[0]
    desk.party.ask(VerifyClearing(row_ids=[row.row_id]))  # another program was first
    with desk.tx():
        verify_rows(ClearingRow.objects.filter(pk=row.pk), by=desk.alice)
    desk.work()
    with desk.tx():
        undone = RowChange.objects.get(row=row, kind=ChangeKind.UNDONE)
    assert "已经核对" in undone.reason
    assert kinds(desk, row)[-1] == "verified"  # by the other program, as the fetch after the refusal found out
