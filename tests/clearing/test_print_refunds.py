"""The deposit-refund tables: fetched as a whole, laid beside the clearing rows, printed with the centre's own sums."""

import io
import json
import subprocess
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from clearing.identities.refund import RefundLine, YearSums, broken_refund
from clearing.management.reading import read_paper, read_text
from clearing.models import ClearingRow, DepositRefund, RefundFetch, RefundKind, Scope
from clearing.papers import KINDS, file_name, gather, write
from clearing.services import Refused, request_refunds
from clearing.services.refunds import COUNTED
from portal.gateway import client
from portal.jobs import Job
from tests.cast import actions_of, signed_in

REFUNDS = ("cross_region", "maternity", "primary")
PAGES = {name: f"clearing:refund-{name.replace('_', '-')}" for name in REFUNDS}
YEAR = {"year": "2025", "insurance": "001"}


@pytest.fixture
def city(desk, counterpart, monkeypatch):
    """A desk of forty institutions with every agency; generated, not applied for."""
    desk.party = counterpart("REFUNDS1", timeout=3, options={"institutions": 40, "broken_rows": 3})
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: desk.party.settings)
    desk.scope = Scope("test", 2025, "001")
    return desk.generate()


def fetch(desk, *kinds):
    for kind in kinds or REFUNDS:
        desk.do(request_refunds, kind, desk.scope)
    desk.work()


def truth(desk, kind):
    [found] = [one for one in desk.centre()["refunds"] if (one["kind"], one["aka080"]) == (kind, "001")]
    return found


def held(desk, kind):
    with desk.tx():
        return list(DepositRefund.objects.filter(kind=kind).order_by("provider_code", "agency"))


def papers(desk, **more):
    with desk.tx():
        return {kind: gather(kind, desk.scope, by=desk.alice, **more) for kind in REFUNDS}


def pdftotext(pdf):
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def test_what_is_fetched_is_printed_for_people(city, carol_member):
    """One generated year for all of it; what changes a row comes last."""
    nothing_is_printed_before_it_was_fetched(city)
    its_pages_fetch_show_and_print(city, carol_member)
    the_papers_say_what_the_centre_says(city)
    it_restricts_a_paper_to_institutions(city)
    the_spreadsheet_holds_numbers_and_text(city)


def test_what_is_fetched_is_kept_and_told_to_programs(city):
    programs_fetch_and_print(city)
    it_keeps_what_it_has_when_a_fetch_fails(city)
    fetch(city, "cross_region")
    the_admin_prints_what_is_ticked(city)


def the_papers_say_what_the_centre_says(city):
    for kind, paper in papers(city).items():
        told, rows = truth(city, kind), held(city, kind)
        count, total = int(told["lines"]), Decimal(told["deposit_refund_amt"])
        assert (paper.count, paper.payable, len(rows)) == (count, total, count)
        assert sum(row.deposit for row in rows) == Decimal(told["deposit_amt"])
        pdf = write(paper, "pdf")
        expected: dict[str, Any] = {
            "institution": "演示医院甲（H14020000001）",
            "year": 2025,
            "count": count,
            "total": total,
        }
        shown = read_paper(pdf)
        for read in (shown, read_text(pdftotext(pdf))):
            assert read.differences(kind, **expected) == []
        assert shown.says("测试环境数据，不作为拨付依据")
        assert shown.says("第 1 页 / 共")
        for row in rows:
            assert shown.says(row.provider_code)
            assert shown.says(f"{row.refund:,.2f}")
        for group in paper.groups:
            mine = [row for row in rows if row.region == group.code]
            assert shown.says(f"{group.label}小计（{len(mine)} 条）")
            assert shown.says(f"{sum(row.refund for row in mine):,.2f}")
        wrong = {**expected, "total": total + Decimal("0.01")}
        assert len(shown.differences(kind, **wrong)) == 2  # total and capitals


def the_spreadsheet_holds_numbers_and_text(city):
    with city.tx():
        row = DepositRefund.objects.filter(kind="primary").order_by("provider_code")[0]
        DepositRefund.objects.filter(pk=row.pk).update(provider_name="=HYPERLINK(1)", provider_code="001234567890")
        paper = gather("primary", city.scope, by=city.alice)
    sheet = openpyxl.load_workbook(io.BytesIO(write(paper, "xlsx"))).active
    assert sheet is not None
    lines = [list(line) for line in sheet.iter_rows()]
    assert lines[0][0].value == KINDS["primary"].heading
    head = next(place for place, line in enumerate(lines) if line[0].value == "序号")
    columns = {cell.value: place for place, cell in enumerate(lines[head])}
    body = lines[head + 1 : -1]
    assert len(body) == paper.count
    odd = next(line for line in body if line[columns["医疗机构编号"]].value == "001234567890")
    name = odd[columns["医疗机构名称"]]
    assert (name.value, name.data_type) == ("=HYPERLINK(1)", "s")
    refunds = [line[columns["返还金额"]] for line in body]
    assert {cell.data_type for cell in refunds} == {"n"}
    assert Decimal(str(lines[-1][columns["返还金额"]].value)).quantize(Decimal("0.01")) == paper.payable
    assert sum(Decimal(str(cell.value)) for cell in refunds) == paper.payable


def test_it_finds_what_does_not_add_up(city):
    spoilt = {one["row_id"] for one in city.centre()["broken"] if one["broken"] == "deposit_refund"}
    with city.tx():
        broken = ClearingRow.objects.get(row_id__in=spoilt)
        kinds = [str(kind) for kind, rows in COUNTED.items() if ClearingRow.objects.filter(rows, pk=broken.pk).exists()]
        changed = ClearingRow.objects.filter(COUNTED[RefundKind.CROSS_REGION]).order_by("provider_code")[0]
        ClearingRow.objects.filter(pk=changed.pk).update(deposit=changed.deposit + 7)
    fetch(city)
    wrong = {
        (kind, row.provider_code): [one["rule"] for one in row.findings]
        for kind in REFUNDS
        for row in held(city, kind)
        if row.findings
    }
    expected = {("cross_region", changed.provider_code): ["deposit_is_sum_of_rows"]}
    expected |= {(kind, broken.provider_code): ["deposit_refund_follows_score"] for kind in kinds}
    assert wrong == expected
    marked = papers(city)["cross_region"]
    assert marked.marked == 1
    assert read_paper(write(marked, "pdf")).says("带 * 的 1 条与核算结果不一致")


def nothing_is_printed_before_it_was_fetched(city):
    with city.tx(), pytest.raises(Refused, match="还没有异地保证金返还数据"):
        gather("cross_region", city.scope, by=city.alice)


def it_restricts_a_paper_to_institutions(city):
    codes = sorted({row.provider_code for row in held(city, "cross_region")})
    with city.tx():
        one = gather("cross_region", city.scope, by=city.alice, providers=codes[:1])
        two = gather("cross_region", Scope("test", 2025, "001", "003"), by=city.alice, providers=codes[:2])
        with pytest.raises(Refused, match="没有机构 X1 的数据"):
            gather("cross_region", city.scope, by=city.alice, providers=["X1"])
    name = held(city, "cross_region")[0].provider_name
    assert one.subtitle.endswith(f"{name}（{codes[0]}）")
    assert two.subtitle.endswith("所选 2 家机构")
    assert (two.scope.agency, two.count) == ("", 2)  # this paper knows no agency (9.2)
    assert codes[0] in file_name(one, "pdf")
    assert read_paper(write(one, "pdf")).says(one.subtitle)


def it_keeps_what_it_has_when_a_fetch_fails(city):
    before = held(city, "primary")
    with city.tx():
        joined = [request_refunds("primary", city.scope, by=who) for who in (city.alice, city.bob)]
    assert [job.joined for job in joined] == [False, True]
    city.party.sandbox.switch_on("html", count=9, codes=["queryDepositRefund"])
    city.work()
    with city.tx():
        assert Job.objects.get(pk=joined[0].pk).state == "failed"
    assert [row.pk for row in held(city, "primary")] == [row.pk for row in before]
    page = signed_in(city.alice).get(reverse(PAGES["primary"]), YEAR).content.decode()
    assert "上次获取没有完成" in page
    assert "重新获取" in page
    city.party.sandbox.switch_off()
    fetch(city, "primary")
    again = held(city, "primary")
    assert {row.pk for row in again}.isdisjoint(row.pk for row in before)
    assert [(row.provider_code, row.refund) for row in again] == [(row.provider_code, row.refund) for row in before]
    with city.tx():
        assert RefundFetch.objects.get().count == len(again)
    assert actions_of(city.institution_id).count("clearing.refunds.fetched") == 2


def its_pages_fetch_show_and_print(city, carol_member):
    clerk, auditor = signed_in(city.alice), signed_in(carol_member)
    for kind in REFUNDS:
        empty = clerk.get(reverse(PAGES[kind]), YEAR).content.decode()
        assert "保证金返还数据，请先点“获取数据”" in empty
        assert "获取数据</button>" in empty
        assert "获取数据</button>" not in auditor.get(reverse(PAGES[kind]), YEAR).content.decode()
        assert ('id="id_agency"' in empty) == (kind != "cross_region")
        assert clerk.post(reverse(f"{PAGES[kind]}-fetch"), YEAR).status_code == 302
        assert "获取" in clerk.get(reverse(PAGES[kind]), YEAR).content.decode()
    assert auditor.post(reverse(f"{PAGES['primary']}-fetch"), YEAR).status_code == 403
    city.work()
    for kind in REFUNDS:
        page = clerk.get(reverse(PAGES[kind]), YEAR).content.decode()
        assert "<iframe" in page
        assert f"{Decimal(truth(city, kind)['deposit_refund_amt']):,.2f}" in page
    preview = clerk.get(reverse(f"{PAGES['maternity']}-preview"), YEAR)
    assert preview.content[:5] == b"%PDF-"
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    code = held(city, "primary")[0].provider_code
    asked = {**YEAR, "agency": "", "provider": f" {code}， ", "format": "xlsx"}
    file = clerk.post(reverse(f"{PAGES['primary']}-download"), asked)
    assert file.content[:2] == b"PK"
    assert code in file["Content-Disposition"]
    wrong = clerk.get(reverse(PAGES["primary"]), {**YEAR, "provider": "<x>"}).content.decode()
    assert "不是编号" in wrong
    assert "清算数据在这之后更新过" not in page
    with city.tx():
        RefundFetch.objects.update(fetched_at="2020-01-01T00:00+08:00")
    assert "清算数据在这之后更新过" in clerk.get(reverse(PAGES["primary"]), YEAR).content.decode()


def programs_fetch_and_print(city):
    client = signed_in(city.alice)

    def post(body):
        headers = {"Idempotency-Key": body["kind"]}
        return client.post(
            "/api/v1/clearing/refund-fetches", json.dumps(body), content_type="application/json", headers=headers
        )

    asked: dict[str, Any] = {"year": 2025, "insurance": "001"}
    assert client.get("/api/v1/clearing/papers/primary-refunds.pdf", asked).status_code == 409
    assert post({**asked, "kind": "x"}).status_code == 422
    assert post({**asked, "kind": "primary"}).status_code == 202
    city.work()
    [told] = client.get("/api/v1/clearing/refund-fetches").json()["items"]
    assert told["refund"] == truth(city, "primary")["deposit_refund_amt"]
    rows = client.get("/api/v1/clearing/refunds", {**asked, "kind": "primary", "limit": 500}).json()["items"]
    assert sum(Decimal(row["refund"]) for row in rows) == Decimal(told["refund"])
    chosen = {**asked, "provider": rows[0]["provider_code"]}
    pdf = client.get("/api/v1/clearing/papers/primary-refunds.pdf", chosen, headers={"Accept": "application/pdf"})
    assert read_paper(pdf.content).says(rows[0]["provider_code"])
    assert client.get("/api/v1/clearing/papers/primary-refunds.xlsx", asked).content[:2] == b"PK"


def the_admin_prints_what_is_ticked(city):
    reviewer = signed_in(city.bob)
    refunds, rows = reverse("admin:clearing_depositrefund_changelist"), reverse("admin:clearing_clearingrow_changelist")

    def ask(address, action, chosen):
        return reviewer.post(
            address, {"action": action, "_selected_action": [str(row.pk) for row in chosen]}, follow=True
        )

    ticked = held(city, "primary")[:3]
    read = read_paper(ask(refunds, "primary_pdf", ticked).content)
    assert (read.count, read.total) == (3, sum(row.refund for row in ticked))
    assert "所选数据不都是" in ask(refunds, "maternity_pdf", ticked).content.decode()
    assert "所选数据不都是" in ask(refunds, "primary_pdf", [*ticked, held(city, "cross_region")[0]]).content.decode()
    with city.tx():
        DepositRefund.objects.filter(pk=ticked[0].pk).update(year=2024)
        lines = list(ClearingRow.objects.filter(provider_code=held(city, "cross_region")[0].provider_code))
    assert "同一年份" in ask(refunds, "primary_pdf", ticked).content.decode()
    read = read_paper(ask(rows, "cross_region_pdf", lines).content)
    assert read.says(lines[0].provider_name)
    assert "还没有生育保证金返还数据" in ask(rows, "maternity_pdf", lines).content.decode()
    assert reviewer.get(refunds, {"kind": "primary", "finding": "some", "q": "村"}).status_code == 200


def line(deposit="1000", score="85.00", refund="900", region="140212"):
    return RefundLine(region, Decimal(deposit), None if score is None else Decimal(score), Decimal(refund))


@pytest.mark.parametrize(
    ("given", "year", "rules"),
    [
        (line(), None, []),
        (line(score=None, refund="0"), None, []),
        (line(score=None), None, ["deposit_refund_follows_score"]),
        (line(refund="900.01"), None, ["deposit_refund_follows_score"]),
        (line(deposit="-10", refund="-9"), None, ["amount_out_of_bounds", "amount_out_of_bounds"]),
        (line(score="100.5", refund="1000"), None, ["amount_out_of_bounds"]),
        (line(), ("1000", "900"), []),
        (line(), ("1001", "900"), ["deposit_is_sum_of_rows"]),
        (line(), ("1000", "899.99"), ["refund_is_sum_of_rows"]),
    ],
)
def test_a_line_is_deposit_times_factor_and_the_sum_of_its_rows(given, year, rules):
    sums = YearSums(Decimal(year[0]), Decimal(year[1])) if year else None
    assert [found.rule for found in broken_refund(given, sums)] == rules
