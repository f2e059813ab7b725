"""The pages as a clerk and a reviewer use them; forms keep input, refusals are sentences beside the field."""

import pytest
from django.urls import reverse

from clearing.models import ClearingRow
from tests.cast import signed_in

SCOPE = {"year": "2025", "insurance": "001", "agency": "003"}


@pytest.fixture
def clerk(desk):
    return signed_in(desk.alice)


@pytest.fixture
def reviewer(desk):
    return signed_in(desk.bob)


def text(response) -> str:
    return response.content.decode()


def post(client, name, data=None, **more):
    return client.post(reverse(name, **more), data or {}, follow=True)


def test_it_generates_and_shows_what_came(desk, clerk, reviewer):
    """The form makes the year that the other pages show; accepting, which changes a row, comes last."""
    it_generates_from_the_form(desk, clerk)
    it_lists_filters_sums_and_exports(desk, clerk)
    it_shows_the_identities_as_arithmetic(desk, clerk, reviewer)
    it_says_which_rows_cannot_be_verified(desk, clerk)
    it_accepts_a_difference_with_a_reason(desk, clerk, reviewer)


def it_generates_from_the_form(desk, clerk):
    answer = post(clerk, "clearing:generation-request", SCOPE)
    assert "已提交生成2025 年城镇职工基本医疗保险" in text(answer)
    assert "生成中" in text(answer)
    desk.work()
    assert f"{len(desk.rows())}" in text(clerk.get(reverse("clearing:generation-progress")))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"year": "1999"}, "清算年份：应在 2015 至"),
        ({"insurance": "x"}, "险种：应为"),
        ({"year": ""}, "请选择清算年份"),
    ],
)
def test_it_keeps_the_input_and_names_the_field(desk, clerk, wrong, says):
    answer = post(clerk, "clearing:generation-request", {**SCOPE, **wrong})
    assert says in text(answer)
    assert '<option value="003" selected>' in text(answer)
    assert desk.operations("generateClearing") == 0


def it_lists_filters_sums_and_exports(desk, clerk):
    listed = clerk.get(reverse("clearing:row-list"), {"year": "2025", "finding": "open"})
    broken = desk.rows(finding_count__gt=0)
    for row in broken:
        assert row.provider_name in text(listed)
    assert f"{sum(row.disburse for row in broken):,.2f}" in text(listed)
    assert clerk.get(reverse("clearing:row-list"), {"year": "2024"}).content.decode().count("没有符合条件") == 1
    export = clerk.get(reverse("clearing:row-list"), {"year": "2025", "export": "xlsx"})
    assert export.content[:2] == b"PK"


def it_shows_the_identities_as_arithmetic(desk, clerk, reviewer):
    row = desk.rows(finding_count__gt=0)[0]
    page = text(clerk.get(reverse("clearing:row-detail", args=[row.pk])))
    for words in ("月结已付", "应为", "中心数据", f"{row.disburse:,.2f}", row.findings[0]["difference"]):
        assert words in page
    assert "接受差异</button>" not in page
    assert "接受差异</button>" in text(reviewer.get(reverse("clearing:row-detail", args=[row.pk])))


def it_accepts_a_difference_with_a_reason(desk, clerk, reviewer):
    row = desk.rows(finding_count__gt=0)[0]
    assert "请写明接受差异的理由" in text(post(reviewer, "clearing:accept", args=[row.pk]))
    assert clerk.post(reverse("clearing:accept", args=[row.pk]), {"reason": "已核实无误"}).status_code == 403
    assert "现在可以核对" in text(post(reviewer, "clearing:accept", {"reason": "已与中心核实"}, args=[row.pk]))
    assert desk.row(row).accepted_by == desk.bob.user


def test_a_verified_row_that_the_centre_changed_says_what_it_keeps_from(desk, reviewer):
    desk.generate().accept()
    row = desk.rows(finding_count__gt=0)[0]
    with desk.tx():
        ClearingRow.objects.filter(pk=row.pk).update(state="verified", accepted_at=None, accepted_by=None)
    address = reverse("clearing:row-detail", args=[row.pk])
    page = text(reviewer.get(address))
    assert "未接受，不能申请" in page
    assert "不能核对" not in page
    said = text(post(reviewer, "clearing:accept", {"reason": "已与中心核实"}, args=[row.pk]))
    assert "可以进入清算申请" in said
    assert "现在可以核对" not in said


def test_it_verifies_ticked_rows_and_all_that_match(desk, clerk):
    desk.generate().accept()
    rows = desk.rows()
    ticked = [str(row.pk) for row in rows[:2]]
    assert "已提交核对 2 条" in text(post(clerk, "clearing:verify", {"ids": ticked}))
    desk.work()
    query = "year=2025&state=generated"
    wrong = {"all": "1", "query": query, "claimed": str(len(rows))}
    assert "请重新查看" in text(post(clerk, "clearing:verify", wrong))
    right = {**wrong, "claimed": str(len(rows) - 2)}
    assert f"已提交核对 {len(rows) - 2} 条" in text(post(clerk, "clearing:verify", right))
    desk.work()
    assert desk.states() == {"verified": len(rows)}
    assert "已提交撤销核对 1 条" in text(post(clerk, "clearing:unverify", {"ids": ticked[:1]}))


def it_says_which_rows_cannot_be_verified(desk, clerk):
    answer = text(post(clerk, "clearing:verify", {"all": "1", "query": "", "claimed": str(len(desk.rows()))}))
    assert "须由复核人员写明理由接受后才能核对" in answer
    assert "请先选择记录" in text(post(clerk, "clearing:verify"))


def test_it_shows_what_an_application_takes_and_leaves_out(desk, clerk):
    desk.generate()
    with desk.tx():
        from clearing.services import verify_rows

        verify_rows(ClearingRow.objects.filter(finding_count=0), by=desk.alice)
    desk.work()
    page = text(clerk.get(reverse("clearing:application-submit"), SCOPE))
    total = sum(row.disburse for row in desk.rows(state="verified"))
    assert f"{total:,.2f}" in page
    assert "差异尚未被接受，不能核对" in page
    assert "data-confirm-danger" in page
    made = post(clerk, "clearing:application-submit", SCOPE)
    assert "须由复核人员复核后才会发送" in text(made)
    assert "待复核" in text(made)
    again = text(clerk.get(reverse("clearing:application-submit"), SCOPE))
    assert "不能重复提交" in again
    assert "提交清算申请</button>" not in again


def it_cancels_an_application_from_its_page(desk, clerk):
    application = desk.application()
    page = text(clerk.get(reverse("clearing:application-cancel"), SCOPE))
    assert application.application_no in page
    assert f"{application.disburse:,.2f}" in page
    assert "已提交撤销清算申请" in text(post(clerk, "clearing:application-cancel", SCOPE))
    desk.approve(desk.operation("cancelApplication"))
    desk.work()
    assert "已撤销" in text(clerk.get(reverse("clearing:application-list")))


def it_explains_why_nothing_can_be_revoked(clerk):
    page = text(clerk.get(reverse("clearing:generation-revoke"), SCOPE))
    assert "请先撤销申请、撤销核对" in page
    assert "撤销清算数据</button>" not in page
    assert "不能撤销，请先撤销核对" in text(post(clerk, "clearing:generation-revoke", SCOPE))


def it_previews_the_disbursement_table_inside_the_page(clerk):
    assert "<iframe" in text(clerk.get(reverse("clearing:disbursement"), SCOPE))
    preview = clerk.get(reverse("clearing:disbursement-preview"), SCOPE)
    assert preview.content[:5] == b"%PDF-"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    page = clerk.get(reverse("clearing:disbursement"), SCOPE)
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    for kind, magic in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        file = clerk.post(reverse("clearing:disbursement-download"), {**SCOPE, "format": kind})
        assert file.content.startswith(magic)
        assert "attachment" in file["Content-Disposition"]


def it_hides_the_rows_of_another_institution(desk, charlie_member):
    application = desk.application()
    stranger = signed_in(charlie_member)
    row = desk.rows()[0]
    for name, pk in (("clearing:row-detail", row.pk), ("clearing:application-detail", application.pk)):
        assert stranger.get(reverse(name, args=[pk])).status_code == 404
    answer = post(stranger, "clearing:verify", {"ids": [str(row.pk)]})
    assert "请先选择记录" in text(answer)
    assert row.provider_name not in text(stranger.get(reverse("clearing:row-list")))


def test_it_shows_the_four_steps_on_the_desk_and_on_their_pages(desk, clerk, charlie_member):
    assert "还没有清算数据" in text(clerk.get("/"))
    assert "没有已申请的清算数据" in text(clerk.get(reverse("clearing:disbursement"), SCOPE))
    desk.generate()
    page = text(clerk.get("/"))
    assert "处理差异" not in page
    assert "去核对" in page
    assert "清算数据有差异，须复核人员接受" in page
    desk.accept().verify()
    assert "去申请" in text(clerk.get("/"))
    it_explains_why_nothing_can_be_revoked(clerk)
    desk.submit()
    page = text(clerk.get("/"))
    assert "打印清单 ›" in page or "去打印 ›" in page
    assert f"{sum(row.disburse for row in desk.rows()):,.2f}" in page
    it_previews_the_disbursement_table_inside_the_page(clerk)
    it_hides_the_rows_of_another_institution(desk, charlie_member)
    it_cancels_an_application_from_its_page(desk, clerk)


def test_it_shows_doubt_as_doubt(desk, clerk):
    from portal.gateway.journal import send_queued

    desk.party.sandbox.switch_on("drop_response", count=1, codes=["generateClearing"])
    post(clerk, "clearing:generation-request", SCOPE)
    send_queued(desk.institution_id, "clearing")
    page = text(clerk.get(reverse("clearing:generation-request")))
    assert "结果待确认" in page
    assert "失败" not in page
