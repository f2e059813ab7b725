"""Every documented refusal, each with the code that clearing/codes/refusals.json explains, and without any effect."""

from typing import Any

import pytest

from clearing.messages import (
    CLEARING,
    CancelApplication,
    CancelVerification,
    GenerateClearing,
    QueryClearing,
    QueryMonthlyDetail,
    QueryVerification,
    RevokeClearing,
    SubmitApplication,
    VerifyClearing,
)

SCOPE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}
UNKNOWN_YEAR: dict[str, Any] = {**SCOPE, "year": "2099"}


@pytest.fixture
def party(counterpart):
    return counterpart(options={"institutions": 40, "empty_years": [2023]})


def rows(party, hdzt00="000"):
    found = party.ask(QueryVerification(**SCOPE, hdzt00=hdzt00)).require().rows
    return [row.row_id for row in found]


def generated(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    return rows(party)


def verified(party):
    some = generated(party)[:3]
    party.ask(VerifyClearing(row_ids=some)).require()
    return some


def applied(party):
    some = verified(party)
    party.ask(SubmitApplication(**SCOPE)).require()
    return some


def approved(party):
    applied(party)
    party.sandbox.act("clearing", "approve", party=party.app_code, **SCOPE)


def refused(party, request, code):
    """The refusal's message, after proving that it had no effect."""
    before = party.truth()
    exchange = party.ask(request)
    assert (exchange.outcome.value, exchange.code) == ("rejected", code)
    assert exchange.refusal
    assert exchange.sentence
    after = party.truth()
    assert (after["effects"], after["state"]) == (before["effects"], before["state"])
    return exchange.message


@pytest.mark.parametrize(
    "request_class",
    [GenerateClearing, RevokeClearing, SubmitApplication, CancelApplication, QueryClearing],
)
def test_it_refuses_an_unknown_year(party, request_class):
    assert "2099" in refused(party, request_class(**UNKNOWN_YEAR), "1002")


def test_it_refuses_to_generate_twice(party):
    generated(party)
    assert "本地" in refused(party, GenerateClearing(**SCOPE), "2001")


def test_it_refuses_to_generate_all_when_one_agency_is_generated(party):
    generated(party)
    refused(party, GenerateClearing(year="2025", aka080="001"), "2001")


def test_it_refuses_to_generate_where_nothing_was_settled(party):
    refused(party, GenerateClearing(year="2023", aka080="001"), "2004")


def test_it_refuses_to_revoke_what_was_not_generated(party):
    refused(party, RevokeClearing(**SCOPE), "2002")


def test_it_refuses_to_revoke_verified_rows_and_names_them(party):
    some = verified(party)
    assert some[0] in refused(party, RevokeClearing(**SCOPE), "2003")


def test_it_refuses_rows_that_do_not_exist(party):
    generated(party)
    assert "NOSUCHROW" in refused(party, VerifyClearing(row_ids=["NOSUCHROW"]), "3001")
    refused(party, CancelVerification(row_ids=["NOSUCHROW"]), "3001")


def test_it_refuses_a_batch_with_one_unknown_row_altogether(party):
    refused(party, VerifyClearing(row_ids=[*generated(party)[:5], "NOSUCHROW"]), "3001")


def test_it_refuses_to_verify_twice(party):
    refused(party, VerifyClearing(row_ids=verified(party)[:1]), "3002")


def test_it_refuses_to_cancel_a_verification_that_is_none(party):
    refused(party, CancelVerification(row_ids=generated(party)[:1]), "3003")


def test_it_refuses_to_cancel_the_verification_of_applied_rows(party):
    refused(party, CancelVerification(row_ids=applied(party)[:1]), "3004")


def test_it_refuses_an_application_before_generation(party):
    refused(party, SubmitApplication(**SCOPE), "2002")


def test_it_refuses_an_application_without_verified_rows(party):
    generated(party)
    refused(party, SubmitApplication(**SCOPE), "4001")


def test_it_refuses_a_second_application(party):
    applied(party)
    refused(party, SubmitApplication(**SCOPE), "4002")


def test_it_refuses_to_cancel_an_application_that_is_none(party):
    generated(party)
    refused(party, CancelApplication(**SCOPE), "4003")


def test_it_refuses_to_cancel_an_approved_application(party):
    approved(party)
    refused(party, CancelApplication(**SCOPE), "4004")


def test_it_may_allow_cancelling_an_approved_application(counterpart):
    party = counterpart(options={"institutions": 40, "cancel_approved": True})
    approved(party)
    assert party.ask(CancelApplication(**SCOPE)).require().count == 3


def raw(request, **items):
    """A request that our own strict declaration would not let out."""
    return type(request).model_construct(**{**request.model_dump(exclude_none=True), **items})


@pytest.mark.parametrize(
    ("request_", "label"),
    [
        (raw(GenerateClearing(**SCOPE), aka080="009"), "险种"),
        (raw(GenerateClearing(**SCOPE), qsjg00="X"), "清算机构"),
        (raw(GenerateClearing(**SCOPE), year="25"), "清算年份"),
        (raw(QueryClearing(**SCOPE), page=0), "页码"),
        (raw(QueryClearing(**SCOPE), page=-5), "页码"),
        (raw(QueryClearing(**SCOPE), size=100_000), "每页条数"),
        (raw(VerifyClearing(row_ids=["A"]), row_ids=[]), "清算数据编号"),
        (raw(VerifyClearing(row_ids=["A"]), row_ids=["A", "A"]), "清算数据编号"),
        (raw(QueryVerification(**SCOPE, hdzt00="000"), hdzt00="009"), "核对状态"),
        (
            raw(QueryMonthlyDetail(year="2025", insutype="310", qsjg00="003", akc191="001"), month="13"),
            "月份",
        ),
    ],
)
def test_it_names_the_parameter_that_is_wrong(party, request_, label):
    assert label in refused(party, request_, "1001")


def test_it_answers_only_codes_that_the_list_explains():
    assert {"1001", "1002", "2001", "2002", "2003", "2004", "3001", "3002", "3003", "3004"} <= CLEARING.refusals.keys()
    assert {"4001", "4002", "4003", "4004", "9001", "9002", "9003", "9005"} <= CLEARING.refusals.keys()
