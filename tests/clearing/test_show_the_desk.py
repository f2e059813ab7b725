"""The dashboard tells the real state of every insurance and agency (manual chapter 3)."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clearing.dashboard.steps import steps_of
from clearing.identities import RULES
from clearing.messages import GenerateClearing
from clearing.models import Application, ApplicationState, Generation, GenerationState, RowState, Scope
from clearing.services.printing import PrintStanding
from clearing.services.storing import CHANGED
from clearing.services.year import KINDS, Busy, Line, Tally
from portal.access import middleware
from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, open_operation
from portal.gateway.journal.states import DOUBTFUL
from tests.cast import signed_in
from tests.clearing.year_rows import make_generation, make_rows


@pytest.fixture
def verified(alice_member):
    return {
        "state": RowState.VERIFIED,
        "verified_as": "经办甲",
        "verified_at": timezone.now(),
        "verified_by": alice_member.user,
    }


@pytest.fixture
def applied(alice_member):
    """An application of alice's."""

    def make(insurance="001", agency="003", **fields):
        given = {"state": ApplicationState.APPLIED, "application_no": f"A{insurance}{agency}", "count": 2}
        sums = dict.fromkeys(("medical_fee", "fund_due", "disburse"), Decimal("200.00"))
        return Application.objects.create(
            environment="test", year=2025, insurance=insurance, agency=agency, submitted_by=alice_member.user,
            **{**given, **sums, **fields},
        )  # fmt: skip

    return make


def bars(client, query=""):
    """Every line of the step bar: its name, and its four cells as words."""
    page = client.get(f"/{query}").content.decode()
    bar = "".join(re.findall(r'<table class="step-bar">.*?</table>', page, re.S))
    lines = re.findall(r"<tr>\s*(<th scope=\"row\">.*?)</tr>", bar, re.S)
    found = {}
    for line in lines:
        head, *cells = re.split(r"<td", line)
        name = " ".join(re.sub(r"<[^>]+>", " ", head).split())
        found[name] = [" ".join(re.sub(r"<[^>]+>", " ", f"<td{cell}").split()) for cell in cells]
    return found


def figures(client, query=""):
    page = client.get(f"/{query}").content.decode()
    return dict(re.findall(r'class="label">([^<]+)</span><span class="figure">([^<]+)<', page))


def test_it_shows_where_each_insurance_and_agency_stands(alice, alice_member, hospital_a, verified, applied):
    with tenant_tx(hospital_a.pk):
        employees, residents = make_generation(requested_by=alice_member.user), make_generation(insurance="002")
        make_rows(employees, 2, agency="001", **{**verified, "state": RowState.APPLIED})
        make_rows(employees, 3, agency="002", **verified)
        make_rows(employees, 4, broken=1)
        make_rows(residents, 5, agency="001", **verified)
        make_rows(residents, 1, agency="001")
        make_rows(residents, 9, agency="003", state=RowState.REVOKED)
        applied("001", "001")
    found = bars(alice)
    assert list(found) == ["城镇职工 同煤", "城镇职工 异地", "城镇职工 本地", "城乡居民 同煤"]
    generated, checked, asked, printed = found["城镇职工 同煤"]
    assert "2 条" in generated
    assert "200.00" in generated
    assert "经办甲" in generated
    assert "2 / 2 条" in checked
    assert "已申请" in asked
    assert "查看申请" in asked
    assert "0 / " in printed
    assert "去打印" in printed
    assert "去申请" in found["城镇职工 异地"][2]
    assert "差异 1 条" in found["城镇职工 本地"][1]
    assert found["城镇职工 本地"][2] == "未申请"
    assert "还有 1 条未核对" in found["城乡居民 同煤"][2]
    assert found["城乡居民 同煤"][3] == "待申请"


def test_it_shows_the_manuals_four_cards(alice, hospital_a, verified, applied):
    with tenant_tx(hospital_a.pk):
        batch = make_generation()
        make_rows(batch, 30, **verified)
        make_rows(batch, 20, disburse=Decimal("123456.78"))
        make_rows(make_generation(2024), 7)
        applied()
        applied("002", state=ApplicationState.SUBMITTING, application_no="")
    assert figures(alice) == {"医疗机构数": "40", "拨付总额（万元）": "247.21", "已核对": "30", "已申请": "1"}
    assert figures(alice, "?year=2024") == {"医疗机构数": "7", "拨付总额（万元）": "0.07", "已核对": "0", "已申请": "0"}
    assert figures(alice, "?year=1999") == figures(alice)


def test_it_starts_with_an_invitation(alice, carol):
    assert "生成清算数据</a></p>" in alice.get("/").content.decode()
    assert "生成清算数据</a></p>" not in carol.get("/").content.decode()
    assert figures(carol) == {"医疗机构数": "0", "拨付总额（万元）": "0.00", "已核对": "0", "已申请": "0"}


def test_it_shows_what_is_being_generated(alice, alice_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        request = GenerateClearing(year="2025", aka080="001")
        operation = open_operation(request, key="k", by=alice_member, title="生成", needs_second=False)
        make_generation(state=GenerationState.REQUESTED, operation=operation, fetched_at=None)
        make_generation(insurance="002", agency="001", state=GenerationState.FETCHING)
    found = bars(alice)
    assert "生成中·排队中" in found["城镇职工 全部"][0]
    assert "获取中" in found["城乡居民 同煤"][0]
    assert found["城镇职工 全部"][1:] == ["待生成", "未申请", "待申请"]


@pytest.mark.parametrize("state", DOUBTFUL)
def test_it_never_calls_doubt_a_failure(in_hospital_a, alice_member, state):
    doubtful = Operation(state=state)
    scope = Scope("test", 2025, "001", "003")
    generation = Generation(state=GenerationState.REQUESTED, operation=doubtful, note="超时")
    application = Application(state=ApplicationState.SUBMITTING, operation=doubtful, disburse=Decimal("1.00"))
    tally = Tally()
    tally.add(RowState.GENERATED, 9, 0, Decimal("9.00"), None)
    generated, checked, asked, _ = steps_of(
        Line(scope, tally, generation, application, Busy(9, 2), ""), PrintStanding(), alice_member
    )
    assert [step.mark for step in (generated, checked, asked)] == ["doubt"] * 3
    assert all("结果待确认" in step.state and "失败" not in step.state for step in (generated, checked, asked))
    assert generated.next_url == f"/gateway/operations/{doubtful.pk}/"


def test_it_offers_each_person_what_they_may_do(alice, alice_member, bob, carol, hospital_a, verified, applied):
    with tenant_tx(hospital_a.pk):
        make_rows(make_generation(), 2, **verified)
        make_rows(make_generation(insurance="002"), 2)
    assert "去申请" in bars(alice)["城镇职工 本地"][2]
    assert "去申请" not in bars(carol)["城镇职工 本地"][2]
    assert "去核对" in bars(alice)["城乡居民 本地"][1]
    assert "查看未核对" in bars(carol)["城乡居民 本地"][1]
    with tenant_tx(hospital_a.pk):
        request = GenerateClearing(year="2025", aka080="001")
        operation = open_operation(request, key="k", by=alice_member, title="申请", needs_second=True)
        applied(state=ApplicationState.SUBMITTING, application_no="", operation=operation)
    assert "去复核" in bars(bob)["城镇职工 本地"][2]
    assert "去复核" not in bars(alice)["城镇职工 本地"][2]
    buttons = [carol.get("/").content.decode().count(f"<span>{words}</span>") for words in ("提交申请", "导出报表")]
    assert buttons == [0, 1]


def test_it_asks_the_same_few_questions_however_much_there_is(alice, hospital_a, verified, applied, monkeypatch):
    monkeypatch.setattr(middleware, "GRAIN", 3600)  # being there is written down every few seconds

    def statements() -> int:
        alice.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert alice.get("/").status_code == 200
        return len(queries)

    with tenant_tx(hospital_a.pk):
        batch = make_generation()
        make_rows(batch, 2, **verified)
        applied()
    few = statements()
    with tenant_tx(hospital_a.pk):
        for agency in ("001", "002"):
            make_rows(batch, 50, agency=agency, broken=5, **verified)
            applied("001", agency)
        for agency in ("001", "002", "003"):
            make_rows(make_generation(insurance="002", agency=agency), 50)
        for year in range(2016, 2025):
            make_generation(year)
    assert len(bars(alice)) == 6
    assert statements() == few


def test_it_leads_to_exactly_the_rows_it_counts(alice, hospital_a):
    with tenant_tx(hospital_a.pk):
        make_rows(make_generation(), 9, broken=4)
    page = alice.get("/").content.decode()
    link = re.search(r'href="(/clearing/verification/[^"]+)">差异 4 条', page)
    assert link
    found = alice.get(link[1].replace("&amp;", "&"))
    assert found.context["list"].totals.count == 4


def test_it_knows_every_rule_by_name():
    assert {rule.__name__ for rule in RULES} | {CHANGED} <= KINDS.keys()


def test_it_counts_differences_by_kind(alice, bob_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        batch = make_generation()
        make_rows(batch, 10, broken=4)
        make_rows(batch, 3, broken=3, accepted_at=timezone.now(), accepted_by=bob_member.user)
    charts = {chart.title: chart for chart in _charts(alice)}
    lines = {line.name: line.cells for line in charts["各类差异"].lines}
    assert lines["基金应付与各月合计不符"] == ["2", "1"]
    assert lines["拨付金额不平"] == ["1", "1"]
    assert lines["核对后中心改动"] == ["0", "0"]
    progress = charts["各统筹区核对进度"]
    assert progress.totals == ["0", "13"]


def _charts(client):
    return next(context["charts"] for context in client.get("/").context if "charts" in context)


def test_it_shows_another_institution_nothing(charlie, hospital_a):
    with tenant_tx(hospital_a.pk):
        make_rows(make_generation(), 9)
    assert bars(charlie) == {}


def test_it_keeps_environments_apart(hospital_a, alice_member):
    with tenant_tx(hospital_a.pk):
        make_rows(make_generation(), 9)
    hospital_a.environment = "production"
    hospital_a.save()
    assert bars(signed_in(alice_member)) == {}


def test_it_does_not_keep_a_large_year_waiting_for_its_papers(alice, hospital_a, verified, monkeypatch):
    monkeypatch.setattr("clearing.dashboard.steps.RECKONED", 3)
    with tenant_tx(hospital_a.pk):
        make_rows(make_generation(), 4, **{**verified, "state": RowState.APPLIED})
    assert bars(alice)["城镇职工 本地"][3] == "可打印 打印清单 ›"
