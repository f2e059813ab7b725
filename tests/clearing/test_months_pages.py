"""月结查询 as a clerk uses it: filters, totals, the drawing and its table, Excel, fetching again; and the API."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clearing.models import Month, MonthKind, MonthlyDetail
from clearing.services.month_reading import Part, read_part
from portal.gateway import client
from tests.cast import recorded, signed_in

YEAR = {"year": "2025", "insurance": "001", "agency": "003"}


@pytest.fixture
def clerk(desk):
    return signed_in(desk.alice)


@pytest.fixture
def reviewer(desk):
    return signed_in(desk.bob)


def text(response) -> str:
    return response.content.decode()


def page(browser, name, data=None, *args):
    return browser.get(reverse(f"clearing:{name}", args=args), data or {})


def read(desk, kind, visit_type="002", months=(3,)):
    def ask(request):
        return client.ask(request, institution_id=desk.institution_id, environment="test")

    read_part(Part(kind, desk.scope, visit_type, months), ask=ask, door=desk.tx, reader=desk.alice)


def shown(desk, model, **conditions):
    with desk.tx():
        return list(model.shown("test").filter(**conditions))


def sheet(answer) -> list[tuple]:
    page: Any = load_workbook(BytesIO(answer.content), read_only=True).active
    return list(page.iter_rows(values_only=True))


def test_it_says_that_nothing_was_fetched_yet_and_fetches(desk, clerk, reviewer):
    for name in ("month-summary", "month-detail"):
        assert "还没有从医保中心获取" in text(page(clerk, name, YEAR))
        assert "请经办人员先从医保中心获取" in text(page(reviewer, name))
    fetched = clerk.post(reverse("clearing:month-fetch"), {**YEAR, "kind": "summary", "visit_type": "002"}, follow=True)
    assert "已开始获取月结汇总" in text(fetched)
    assert "month-progress" in text(fetched)
    desk.work()
    done = clerk.get(reverse("clearing:month-progress", args=["summary"]))
    assert done["HX-Refresh"] == "true"
    listed = text(page(clerk, "month-summary", YEAR))
    assert "获取人：经办甲" in listed
    assert "从医保中心重新获取" in listed


def test_it_keeps_the_input_of_a_wrong_query(desk, clerk):
    answer = clerk.post(reverse("clearing:month-fetch"), {**YEAR, "kind": "detail", "month": "13"})
    assert "月份：应为 1 至 12 或全年" in text(answer)
    assert '<option value="detail" selected>' in text(answer)
    assert reviewer_may_not(desk, "month-fetch")


def reviewer_may_not(desk, name) -> bool:
    return signed_in(desk.bob).post(reverse(f"clearing:{name}"), YEAR).status_code == 403


def test_it_lists_sums_with_totals_a_drawing_and_excel(desk, clerk):
    read(desk, MonthKind.SUMMARY, months=tuple(range(1, 13)))
    rows = shown(desk, Month)
    total = sum(row.fund_due for row in rows)
    answer = text(page(clerk, "month-summary", YEAR))
    assert answer.count(f"{total:,.2f}") == 3  # the list's foot, the drawing's table and its description
    assert "城镇职工（310）" in answer
    data = json.loads(answer.split('-data" type="application/json">')[1].split("</script>")[0])
    assert data["categories"] == [f"{month} 月" for month in range(1, 13)]
    assert sum(data["series"][0]["values"]) == pytest.approx(float(total))
    march = page(clerk, "month-summary", {**YEAR, "month": "3", "q": rows[0].provider_code})
    mine = [row for row in rows if row.month == 3 and row.provider_code == rows[0].provider_code]
    assert f"{sum(row.fund_due for row in mine):,.2f}" in text(march)
    lines = sheet(page(clerk, "month-summary", {**YEAR, "export": "xlsx"}))
    head = next(line for line in lines if line and line[0] == "月份")
    assert float(lines[-1][head.index("基金应付")]) == pytest.approx(float(total))
    assert len(lines) - lines.index(head) - 2 == len(rows)
    assert "没有符合条件的月结汇总" in text(page(clerk, "month-summary", {**YEAR, "month": "3", "agency": "001"}))


def test_it_masks_people_and_shows_them_only_for_a_reason(desk, clerk, reviewer):
    read(desk, MonthKind.DETAIL)
    one = shown(desk, MonthlyDetail)[0]
    with desk.tx():
        name, certno = one.person_name.reveal(), one.certno.reveal()
    address = reverse("clearing:month-identity", args=[one.pk])
    for answer in (
        page(clerk, "month-detail", YEAR),
        page(clerk, "month-settlement", None, one.pk),
        page(reviewer, "month-settlement", None, one.pk),
        reviewer.post(address, {"reason": "看"}),
    ):
        assert one.certno_masked in text(answer)
        assert certno not in text(answer)
        assert name not in text(answer)
    assert certno not in str(sheet(page(clerk, "month-detail", {**YEAR, "export": "xlsx"})))
    assert clerk.post(address, {"reason": "核对身份信息"}).status_code == 403
    opened = text(reviewer.post(address, {"reason": "核对身份信息"}))
    assert certno in opened
    assert name in opened
    (event,) = [event for event in recorded(desk.institution_id) if event.action == "clearing.identity.read"]
    assert certno not in str(vars(event))


def test_it_finds_a_person_without_writing_the_number_into_an_address(desk, clerk):
    read(desk, MonthKind.DETAIL)
    rows = shown(desk, MonthlyDetail)
    with desk.tx():
        certno = rows[0].certno.reveal()
    found = clerk.post(reverse("clearing:month-person"), {"certno": certno})
    assert certno not in found.url
    listed = text(clerk.get(found.url))
    assert rows[0].settlement_no in listed
    assert rows[1].settlement_no not in listed
    assert "只显示一名人员的月结明细" in listed
    assert "没有符合条件" in text(page(clerk, "month-detail", {"person": "nothing"}))


def test_it_hides_another_institutions_months(desk, charlie_member):
    read(desk, MonthKind.DETAIL)
    one, stranger = shown(desk, MonthlyDetail)[0], signed_in(charlie_member)
    assert page(stranger, "month-settlement", None, one.pk).status_code == 404
    assert one.settlement_no not in text(page(stranger, "month-detail"))


def test_it_shows_only_the_differences_first(desk, clerk):
    desk.generate()
    spoilt = {one["row_id"]: one["broken"] for one in desk.centre()["broken"]}
    (off,) = [row for row in desk.rows(finding_count__gt=0) if spoilt[row.row_id] == "fund_due"]
    answer = clerk.get(reverse("clearing:month-check"), follow=True)
    assert answer.redirect_chain[0][0].endswith("?year=2025&result=off")
    assert off.provider_name in text(answer)
    assert "1,000.00" in text(answer)
    assert reverse("clearing:row-detail", args=[off.pk]) in text(answer)
    others = [row.provider_code for row in desk.rows() if row.provider_code != off.provider_code]
    assert others[0] not in text(answer)
    everything = text(page(clerk, "month-check", {"year": "2025"}))
    assert f"{sum(row.fund_due for row in desk.rows()):,.2f}" in everything
    lines = sheet(page(clerk, "month-check", {"year": "2025", "result": "off", "export": "xlsx"}))
    assert 1000.0 in [float(cell) for cell in lines[-1] if isinstance(cell, int | float)]


def test_it_answers_hospital_systems(desk, clerk):
    read(desk, MonthKind.SUMMARY)
    read(desk, MonthKind.DETAIL)
    rows = shown(desk, Month)
    answer = clerk.get("/api/v1/clearing/monthly-summaries", {"year": "2025", "month": "3"}).json()
    assert [item["fund_due"] for item in answer["items"]] == [
        f"{row.fund_due:.2f}" for row in sorted(rows, key=lambda row: row.pk, reverse=True)
    ]
    details = clerk.get("/api/v1/clearing/monthly-details", {"limit": "5"}).json()["items"]
    assert len(details) == 5
    assert "*" in details[0]["certno_masked"]
    assert "certno" not in details[0]
    assert clerk.get("/api/v1/clearing/monthly-details", {"month": "x"}).status_code == 422
    asked = {"year": 2025, "insurance": "001", "kind": "summary", "month": 3}
    made = clerk.post(
        "/api/v1/clearing/monthly-fetches", asked, content_type="application/json", headers={"Idempotency-Key": "m-1"}
    )
    assert (made.status_code, made.json()["state"]) == (202, "queued")
    reads = clerk.get(made["Location"]).json()["items"]
    assert {(one["kind"], one["month"], one["fetched_label"]) for one in reads} == {
        ("summary", 3, "经办甲"),
        ("detail", 3, "经办甲"),
    }
    wrong = clerk.post(
        "/api/v1/clearing/monthly-fetches",
        asked | {"month": 13},
        content_type="application/json",
        headers={"Idempotency-Key": "m-2"},
    )
    assert wrong.status_code in (409, 422)
    assert "月份：应为 1 至 12" in wrong.content.decode()
