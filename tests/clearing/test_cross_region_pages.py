"""The cross-region pages and the API as a clerk, a reviewer and a hospital system use them."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from clearing.models import CrossRegionBatch, CrossRegionRow
from portal.gateway.journal import State
from portal.papers.xlsx_reading import read_xlsx
from tests.cast import signed_in

ROWS = reverse("clearing:cross-region-rows")


@pytest.fixture
def clerk(cross_desk):
    return signed_in(cross_desk.alice)


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def settlements_file(rows) -> SimpleUploadedFile:
    book = Workbook()
    book.worksheets[0].append(["setl_sn", "medfee_sumamt", "optins_pay_sumamt"])
    for row in rows:
        book.worksheets[0].append([row.settlement_no, row.medical_fee, row.agency_paid])
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("本院.xlsx", content.getvalue())


def test_a_clerk_walks_the_month_through_the_pages(cross_desk, clerk):
    desk = cross_desk
    assert "还没有获取过" in text(clerk.get(reverse("clearing:cross-region")))
    said = clerk.post(reverse("clearing:cross-region-fetch"), {"year": "2025", "month": "10"}, follow=True)
    assert "已开始获取" in text(said)
    assert "获取异地清分明细：2025 年 10 月" in said.content.decode()
    desk.work()
    month, rows = desk.month(), desk.rows()
    shown = text(clerk.get(f"{ROWS}?month=2025-10"))
    assert f"{month.agency_paid:,.2f}" in shown
    assert rows[0].certificate_shown in shown
    assert rows[0].certificate.reveal() not in shown

    # our own settlements: looked at first, then used
    upload = reverse("clearing:cross-region-upload", args=[month.pk])
    preview = clerk.post(upload, {"file": settlements_file(rows[1:])}, follow=True)
    assert "中心有，本机构没有这笔结算" in text(preview)
    assert not desk.rows(compared="only_there")
    said = clerk.post(preview.redirect_chain[-1][0], follow=True)
    assert "1 条有差异" in text(said)
    assert desk.rows(compared="only_there")[0].pk == rows[0].pk
    assert "文件中没有结算数据" in text(clerk.post(upload, {"file": settlements_file([])}))

    # decisions: the refusal keeps the choice and the form
    decide = reverse("clearing:cross-region-decide")
    choice = {"all": "1", "query": "month=2025-10", "claimed": "120"}
    assert "有差异" in text(clerk.post(decide, choice))
    refused = text(clerk.post(decide, {**choice, "step": "decide", "decision": "confirm", "reason": ""}))
    assert rows[0].settlement_no in refused
    assert 'name="claimed" value="120"' in refused
    one = {"ids": [str(rows[0].pk)], "query": "month=2025-10", "step": "decide"}
    clerk.post(decide, {**one, "decision": "decline", "reason": "非本院结算"})
    clerk.post(decide, {**choice, "claimed": "119", "query": "month=2025-10&finding=same", "decision": "confirm"})
    assert len(desk.rows(decision="confirm")) == 119
    assert "非本院结算" in text(clerk.get(reverse("clearing:cross-region-row", args=[rows[0].pk])))

    # confirmation: what goes and what stays, then the button
    confirm = reverse("clearing:cross-region-confirm", args=[month.pk])
    before = text(clerk.get(confirm))
    assert "120 条" in before
    assert "2 批" in before
    assert "已由 119 条变为 120 条" in text(clerk.post(confirm, {"count": "119"}))
    assert "分 2 批依次发送" in text(clerk.post(confirm, {"count": "120"}, follow=True))
    desk.work()
    page = text(clerk.get(reverse("clearing:cross-region-month", args=[month.pk])))
    assert all(batch.message_id in page for batch in desk.batches())
    assert "已确认" in text(clerk.get(reverse("clearing:cross-region-batches")))

    # roll-back: a draft for the reviewer
    batch = desk.batches()[0]
    said = clerk.post(reverse("clearing:cross-region-roll-back", args=[batch.pk]), follow=True)
    assert "须由复核人员复核" in text(said)
    operation = desk.batches()[0].rollback
    assert operation.state == State.DRAFT
    reviewer = signed_in(desk.bob)
    assert f"{batch.agency_paid:,.2f}" in text(reviewer.get(reverse("gateway:operation", args=[operation.pk])))
    said = clerk.post(reverse("clearing:cross-region-roll-back-month", args=[month.pk]), follow=True)
    assert "才能整月回退" in text(said)


def test_the_list_exports_what_it_shows_with_masked_numbers(cross_desk, clerk):
    desk = cross_desk.fetch()
    answer = clerk.get(f"{ROWS}?month=2025-10&export=xlsx")
    lines = read_xlsx(answer.content)
    row = desk.rows()[0]
    assert row.certificate_shown in [value for line in lines for value in line.values]
    assert len([line for line in lines if str(line.values[1]).startswith("A")]) == 120


def test_a_hospital_system_does_the_same_by_the_api(cross_desk, clerk):
    desk = cross_desk

    def post(name, **body):
        headers = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
        return clerk.post(f"/api/v1/clearing/cross-region/{name}", json.dumps(body), "application/json", **headers)

    assert post("fetches", year=2025, month=10).status_code == 202
    desk.work()
    listed = clerk.get("/api/v1/clearing/cross-region/rows?month=2025-10").json()["items"]
    assert "*" in listed[0]["certificate"]
    ids = [str(row.pk) for row in desk.rows()]
    assert post("decisions", rows=ids[:1], decision="decline").status_code == 422
    some = {"rows": [*ids, str(uuid4()), ids[0]], "decision": "confirm"}
    assert post("decisions", **some, atomic=True).json()["errors"][0]["pointer"] == "/rows/120"
    told = post("decisions", **some).json()
    assert (told["count"], [one["state"] for one in told["rows"][118:]]) == (
        120, ["decided", "decided", "refused", "repeated"],
    )  # fmt: skip
    assert post("decisions", rows=[str(uuid4())], decision="confirm").status_code == 422
    assert post("confirmations", year=2025, month=10, count=5).status_code == 409
    answer = post("confirmations", year=2025, month=10, count=120)
    assert (answer.status_code, len(answer.json()["operations"])) == (202, 2)
    desk.work()
    batches = clerk.get("/api/v1/clearing/cross-region/confirmations?month=2025-10").json()["items"]
    assert {one["message_id"] for one in batches} == set(desk.live())
    answer = post("roll-backs", year=2025, month=10, message_id=batches[0]["message_id"])
    assert (answer.status_code, answer.json()["state"]) == (202, "draft")
    assert post("roll-backs", year=2025, month=10, message_id="nobody").status_code == 422
    assert clerk.get("/api/v1/clearing/cross-region/months").json()["items"][0]["count"] == 120


def test_it_is_nobody_elses(cross_desk, charlie):
    desk = cross_desk.fetch()
    row, month = desk.rows()[0], desk.month()
    assert charlie.get(reverse("clearing:cross-region-row", args=[row.pk])).status_code == 404
    assert charlie.get(reverse("clearing:cross-region-confirm", args=[month.pk])).status_code == 404
    said = charlie.post(reverse("clearing:cross-region-decide"), {"ids": [str(row.pk)], "step": "decide"}, follow=True)
    assert "请先选择记录" in text(said)
    with desk.tx():
        assert CrossRegionRow.objects.get(pk=row.pk).decision == "undecided"
        assert not CrossRegionBatch.objects.exists()
