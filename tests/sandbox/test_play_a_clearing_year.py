"""Every transaction of the clearing gateway, over the real wire with real keys, in the order of a year."""

from decimal import Decimal
from typing import Any

import pytest

from clearing.identities import broken_identities
from clearing.messages import (
    CancelApplication,
    CancelVerification,
    GenerateClearing,
    QueryApplication,
    QueryClearing,
    QueryDepositRefund,
    QueryDisbursement,
    QueryMonthlyDetail,
    QueryMonthlySummary,
    QueryVerification,
    RevokeClearing,
    SubmitApplication,
    VerifyClearing,
)

SCOPE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}
MONTHLY: dict[str, Any] = {"year": "2025", "insutype": "310", "qsjg00": "003"}


@pytest.fixture
def party(counterpart):
    return counterpart()


@pytest.fixture
def generated(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    return party


def ids(party, **scope):
    page = party.ask(QueryVerification(**{**SCOPE, "hdzt00": "000", **scope})).require()
    return [row.row_id for row in page.rows]


def test_it_generates_what_it_then_shows(party):
    made = party.ask(GenerateClearing(**SCOPE)).require()
    page = party.ask(QueryClearing(**SCOPE)).require()
    assert made.batch_no
    assert made.count == page.total == len(page.rows) > 0
    assert {(row.hdzt00, row.qssqzt, row.qsjg00) for row in page.rows} == {("000", "000", "003")}


def test_it_generates_all_agencies_when_none_is_named(party):
    made = party.ask(GenerateClearing(year="2025", aka080="001")).require()
    page = party.ask(QueryClearing(year="2025", aka080="001")).require()
    assert made.count == page.total
    assert {row.qsjg00 for row in page.rows} == {"001", "002", "003"}


def test_it_shows_nothing_before_generation(party):
    assert party.ask(QueryClearing(**SCOPE)).require().total == 0


def test_it_pages_without_gaps_or_repeats(generated):
    whole = [row.row_id for row in generated.ask(QueryClearing(**SCOPE)).require().rows]
    pages = [generated.ask(QueryClearing(**SCOPE, page=n, size=7)).require() for n in range(1, len(whole) // 7 + 2)]
    assert [row.row_id for page in pages for row in page.rows] == whole
    assert {page.total for page in pages} == {len(whole)}


def test_it_shows_an_empty_page_beyond_the_last(generated):
    page = generated.ask(QueryClearing(**SCOPE, page=10**9, size=1000)).require()
    assert page.total > 0
    assert page.rows == []


def test_it_revokes_and_generates_anew_with_new_ids(generated):
    before = ids(generated)
    assert generated.ask(RevokeClearing(**SCOPE)).require().count == len(before)
    assert generated.ask(QueryClearing(**SCOPE)).require().total == 0
    generated.ask(GenerateClearing(**SCOPE)).require()
    after = ids(generated)
    assert len(after) == len(before)
    assert not set(after) & set(before)


def test_it_verifies_exactly_the_named_rows_and_takes_it_back(generated):
    chosen = ids(generated)[:5]
    assert generated.ask(VerifyClearing(row_ids=chosen)).require().row_ids == chosen
    verified = generated.ask(QueryVerification(**SCOPE, hdzt00="001")).require()
    assert sorted(row.row_id for row in verified.rows) == sorted(chosen)
    assert generated.ask(CancelVerification(row_ids=chosen[:2])).require().count == 2
    assert generated.ask(QueryVerification(**SCOPE, hdzt00="001")).require().total == 3


def test_it_narrows_verification_to_one_kind_of_visit(generated):
    page = generated.ask(QueryVerification(**SCOPE, hdzt00="000", akc191="002")).require()
    assert {row.akc191 for row in page.rows} == {"002"}


def test_it_takes_only_verified_rows_into_an_application(generated):
    chosen = ids(generated)[:6]
    generated.ask(VerifyClearing(row_ids=chosen)).require()
    application = generated.ask(SubmitApplication(**SCOPE)).require()
    assert application.count == 6
    rows = generated.ask(QueryClearing(**SCOPE)).require().rows
    assert sorted(row.row_id for row in rows if row.qssqzt == "001") == sorted(chosen)
    (told,) = generated.ask(QueryApplication(**SCOPE)).require().rows
    assert (told.application_no, told.qssqzt, told.audit_state) == (application.application_no, "001", "pending")
    assert told.disburse_amt == sum(row.disburse_amt for row in rows if row.qssqzt == "001")
    table = generated.ask(QueryDisbursement(**SCOPE)).require().rows
    assert sorted(row.row_id for row in table) == sorted(chosen)


def test_it_cancels_an_application_and_keeps_its_history(generated):
    generated.ask(VerifyClearing(row_ids=ids(generated)[:3])).require()
    first = generated.ask(SubmitApplication(**SCOPE)).require()
    assert generated.ask(CancelApplication(**SCOPE)).require().count == 3
    (told,) = generated.ask(QueryApplication(**SCOPE)).require().rows
    assert (told.application_no, told.qssqzt, told.audit_state) == (first.application_no, "000", "cancelled")
    second = generated.ask(SubmitApplication(**SCOPE)).require()
    assert second.application_no != first.application_no


def test_its_months_add_up_to_the_year(generated):
    rows = {
        (row.medins_code, row.clr_type): row
        for row in generated.ask(QueryClearing(**SCOPE)).require().rows
        if row.akc191 == "001"
    }
    months = generated.ask(QueryMonthlySummary(**MONTHLY, akc191="001")).require()
    assert months.total == len(months.rows)
    for key, row in rows.items():
        mine = [month for month in months.rows if (month.medins_code, month.clr_type) == key]
        broken = broken_identities(row, monthly_due=sum(month.fund_due_amt for month in mine))
        if not broken:
            assert sum(month.visit_count for month in mine) == row.visit_count
            assert sum(month.medfee_sumamt for month in mine) == row.medfee_sumamt
            assert sum(month.monthly_paid_amt for month in mine) == row.monthly_paid_amt


def test_its_settlements_add_up_to_the_month(party):
    asked = {**MONTHLY, "akc191": "002", "month": "03"}
    sums = party.ask(QueryMonthlySummary(**asked)).require().rows
    details, page = [], 1
    while True:
        found = party.ask(QueryMonthlyDetail(**asked, page=page, size=1000)).require()
        details += found.rows
        if page * 1000 >= found.total:
            break
        page += 1
    assert len(details) == sum(row.visit_count for row in sums)
    assert len({detail.setl_id for detail in details}) == len(details)
    assert all(detail.fund_due_amt > 0 for detail in details)
    for name in ("medfee_sumamt", "fund_due_amt", "monthly_paid_amt"):
        assert sum(getattr(one, name) for one in details) == sum(getattr(one, name) for one in sums)


@pytest.mark.parametrize("kind", ["cross_region", "maternity", "primary"])
def test_its_deposit_tables_hold_each_deposit_once(counterpart, kind):
    party = counterpart(options={"institutions": 120})
    party.ask(GenerateClearing(year="2025", aka080="001")).require()
    table = party.ask(QueryDepositRefund(kind=kind, year="2025", aka080="001")).require().rows
    assert table
    assert len({(row.medins_code, row.qsjg00) for row in table}) == len(table)
    wanted = {"cross_region": {"002"}, "maternity": {"001", "003"}, "primary": {"001", "003"}}[kind]
    assert {row.qsjg00 for row in table} <= wanted
    one_agency = party.ask(QueryDepositRefund(kind=kind, year="2025", aka080="001", qsjg00="003")).require().rows
    assert len(one_agency) == sum(row.qsjg00 == "003" for row in table)


def test_it_serves_a_province_with_other_names_and_switches(counterpart):
    party = counterpart(
        "ELSEWHERE",
        names={"generateClearing": "scqs", "queryClearing": "cxqs"},
        switches={
            "order": "C1C2C3",
            "point_prefix": True,
            "key_form": "raw",
            "signature_form": "der",
            "path": "/qs/api",
        },
    )
    assert party.ask(GenerateClearing(**SCOPE)).require().count > 0
    assert party.ask(QueryClearing(**SCOPE)).require().total > 0


def test_it_keeps_two_parties_apart(counterpart):
    ours, theirs = counterpart("OURS0001"), counterpart("THEIRS01")
    ours.ask(GenerateClearing(**SCOPE)).require()
    assert theirs.ask(QueryClearing(**SCOPE)).require().total == 0
    refused = theirs.ask(VerifyClearing(row_ids=ids(ours)[:1]))
    assert (refused.outcome.value, refused.code) == ("rejected", "3001")


def test_it_is_quick_with_five_thousand_rows(counterpart):
    party = counterpart(options={"institutions": 2100})
    made = party.ask(GenerateClearing(year="2025", aka080="001"))
    assert made.require().count >= 5000
    assert made.seconds < 8
    page = party.ask(QueryClearing(year="2025", aka080="001", page=5))
    assert len(page.require().rows) == 1000
    assert page.seconds < 2


def test_its_amounts_have_two_places(generated):
    for row in generated.ask(QueryClearing(**SCOPE)).require().rows:
        assert Decimal("1000") <= row.fund_due_amt <= Decimal("1e8")
        assert row.disburse_amt.as_tuple().exponent == -2
