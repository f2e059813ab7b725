"""Facts of providers, and where each of their papers stands: due, printed, lacking data, superfluous."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from clearing.models import ClearingRow, PrintedPaper, RowState, Scope
from clearing.papers import gather, gather_chosen, recorded
from clearing.services.printing import PrintStanding, print_standings, reckoned, standing_of
from tests.clearing.printing import SCOPE, City, due_of, full_city

LOCAL = Scope("test", 2025, "001", "003")


@pytest.fixture
def by(alice_member, in_hospital_a):
    return alice_member


@pytest.fixture
def city(by):
    return City()


def states(row) -> dict[str, str]:
    found = {paper: getattr(row, paper) for paper in ("disbursement", "cross_region", "maternity", "primary")}
    return {paper: str(state) for paper, state in found.items() if state}


def printed(kind, by, *codes, scope=SCOPE, fmt="pdf"):
    recorded(gather(kind, scope, by=by, providers=codes or None), fmt, by=by)


def test_it_reads_a_providers_business_from_its_rows(city, by):
    city.provider("H1", "hospital", "inpatient")
    city.provider("C1", "clinic", "chronic", "birth")
    city.provider("P1", "pharmacy")
    city.provider("V1", "village", region="140224")
    city.provider("H2", "hospital", "inpatient")
    city.provider("H2", "hospital", agency="002")
    opened = {row.provider_code: (row.opened, row.rule_label) for row in reckoned(SCOPE, by=by)}
    assert opened == {
        "H1": ("住院/慢病", "第 2 行"),
        "C1": ("住院/慢病 · 生育", "第 4 行"),
        "P1": ("未开通", "第 1 行"),
        "V1": ("未开通 · 按人头", "第 6 行"),
        "H2": ("住院/慢病 · 异地", "第 3 行"),
    }


def test_a_line_of_the_cross_region_table_is_cross_region_business(city, by):
    city.provider("H1", "hospital", "inpatient")
    city.table("cross_region", "H1")
    row = due_of("H1", by, LOCAL)
    assert (row.opened, states(row)) == (
        "住院/慢病 · 异地",
        {"disbursement": "waiting", "cross_region": "waiting"},
    )


def test_the_coal_companys_sub_centre_is_not_where_a_provider_is(city, by):
    city.provider("H1", "hospital", "inpatient", region="140221")
    city.provider("H1", "hospital", "inpatient", region="140298", agency="001")
    row = due_of("H1", by)
    assert (row.region, row.per_capita, row.rule) == ("140221", True, "per_capita")
    assert states(row) == {"disbursement": "spare"}


def test_its_own_institution_is_what_it_is_registered_as(city, by):
    """Hospital A is registered with everything; its data show neither maternity nor other regions."""
    city.provider(by.institution.code, "clinic", "inpatient")
    row = due_of(by.institution.code, by)
    assert (row.is_own, row.rule, row.due) == (True, "with_both", 3)
    assert row.contradictions == [
        "登记为医院，清算数据中为诊所",
        "登记已开通异地业务，清算数据中没有异地就医数据",
        "登记已开通生育业务，清算数据中没有生育数据",
    ]


def test_it_says_what_lacks_data_and_why(city, by):
    city.provider("H1", "hospital", "inpatient", "birth", state=RowState.VERIFIED)
    city.provider("H2", "hospital", "inpatient", "birth")
    city.table("cross_region")
    told = due_of("H1", by)
    assert states(told) == {"disbursement": "lacking", "maternity": "lacking"}
    assert "2 条清算数据都未申请" in told.told("disbursement")["why"]
    assert "尚未从医保中心获取" in told.told("maternity")["why"]
    city.table("maternity", "H1")
    assert due_of("H1", by).maternity == "waiting"
    assert "中没有这家机构" in due_of("H2", by).told("maternity")["why"]


def test_it_says_what_is_superfluous_and_why(city, by):
    city.provider("P1", "pharmacy")
    city.provider("C1", "clinic", "chronic")
    city.table("primary", "P1", "C1")
    assert states(due_of("P1", by)) == {"disbursement": "spare", "primary": "waiting"}
    clinic = due_of("C1", by)
    assert states(clinic) == {"disbursement": "waiting", "primary": "superfluous"}
    assert "适用的规则不要求" in clinic.told("primary")["why"]
    printed("disbursement", by)
    assert due_of("P1", by).disbursement == "spare"  # a table of everybody is nobody's own
    printed("disbursement", by, "P1")
    assert due_of("P1", by).disbursement == "superfluous"
    assert "已单独打印" in due_of("P1", by).told("disbursement")["why"]


def test_a_print_counts_until_the_data_change(city, by):
    city.provider("H1", "hospital", "inpatient")
    city.provider("H2", "hospital", "inpatient")
    printed("disbursement", by, "H1")
    assert (due_of("H1", by).disbursement, due_of("H2", by).disbursement) == ("printed", "waiting")
    assert due_of("H1", by).told("disbursement")["by"] == by.label
    printed("disbursement", by)
    assert due_of("H2", by).disbursement == "printed"
    ClearingRow.objects.update(fetched_at=timezone.now())  # fetched again, nothing new
    assert due_of("H2", by).disbursement == "printed"
    ClearingRow.objects.filter(provider_code="H2").update(disburse=Decimal("99.00"), fetched_at=timezone.now())
    assert (due_of("H1", by).disbursement, due_of("H2", by).disbursement) == ("printed", "outdated")
    assert "打印之后数据有变化" in due_of("H2", by).told("disbursement")["why"]
    printed("disbursement", by, "H2", fmt="xlsx")
    assert due_of("H2", by).told("disbursement")["format"] == "xlsx"
    assert due_of("H2", by).disbursement == "printed"


def test_it_keeps_what_stood_on_a_print(city, by):
    full_city(city)
    printed("maternity", by)
    [kept] = PrintedPaper.objects.all()
    assert (kept.paper, kept.count, kept.providers, kept.total) == ("maternity", 3, 3, Decimal("150.00"))
    assert (kept.made_by, kept.made_as, kept.format, len(kept.content_hash)) == (by.user, by.label, "pdf", 64)
    gathered = gather_chosen("disbursement", ClearingRow.objects.filter(provider_type="pharmacy"), by=by)
    recorded(gathered, "pdf", by=by)
    assert PrintedPaper.objects.count() == 1  # ticked rows are no paper of a scope


def test_a_print_of_another_scope_does_not_count(city, by):
    city.provider("H1", "hospital", "inpatient")
    city.table("cross_region", "H1")
    printed("disbursement", by, "H1")
    printed("cross_region", by, "H1", scope=LOCAL)
    assert due_of("H1", by).cross_region == "printed"  # 9.2 knows no agency
    assert due_of("H1", by, LOCAL).cross_region == "printed"
    assert (due_of("H1", by).disbursement, due_of("H1", by, LOCAL).disbursement) == ("printed", "waiting")


def test_it_reckons_only_when_something_changed(city, by, django_assert_num_queries):
    full_city(city)
    before = reckoned(SCOPE, by=by).get(provider_code="P00000000000")
    with django_assert_num_queries(4):
        reckoned(SCOPE, by=by)
    ClearingRow.objects.filter(provider_code="P00000000001").update(state=RowState.REVOKED)
    rows = reckoned(SCOPE, by=by)
    assert rows.count() == 5
    assert rows.get(provider_code="P00000000000").pk == before.pk  # a ticked row stays the row it was


def test_it_counts_papers_of_many_scopes_at_once(city, by, django_assert_max_num_queries):
    full_city(city)
    other = replace(SCOPE, insurance="002")
    City(other).provider("H1", "hospital", "inpatient", state=RowState.GENERATED)
    City(replace(SCOPE, year=2024)).provider("H1", "hospital", "inpatient")
    printed("primary", by)
    expected = PrintStanding(due=12, printed=3, waiting=9, providers=6)
    scopes = [SCOPE, other, LOCAL, replace(SCOPE, agency="002")]
    counted = print_standings(scopes, by=by)
    assert counted[SCOPE] == expected == standing_of(reckoned(SCOPE, by=by))
    assert counted[other] == PrintStanding(due=1, lacking=1, providers=1)
    assert counted[scopes[3]] == PrintStanding(due=6, waiting=6, providers=3)
    with django_assert_max_num_queries(5):
        print_standings(scopes, by=by)
