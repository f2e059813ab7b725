"""3260, 3261 and 3262 over the wire: a month is fetched in pages, confirmed in batches, taken back."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clearing.messages.cross_region import ConfirmCrossRegion, ConfirmedRow, FetchCrossRegion, RollBackCrossRegion
from portal.gateway.errors import Doubt
from portal.gateway.wire import Outcome

YEAR, MONTH = "2025", "03"


@pytest.fixture
def party(national_counterpart):
    return national_counterpart("CROSS", options={"rows": 230})


def page(party, startrow=1, month=MONTH):
    return party.ask(FetchCrossRegion.of(YEAR, month, startrow)).require().data


def confirm(party, rows, *, included=True, month=MONTH, **changes):
    return party.ask(ConfirmCrossRegion.of(YEAR, month, [ConfirmedRow.of(row, included=included) for row in rows]))


def the_month(party):
    return next(one for one in party.truth()["state"]["CROSS"]["months"] if one["month"] == f"{YEAR}-{MONTH}")


def refused(exchange, code):
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "-1"), exchange
    assert code in exchange.sentence
    return exchange.sentence


def test_a_month_comes_in_pages_of_a_hundred_that_never_change(party):
    pages = [page(party, start) for start in (1, 101, 201, 231)]
    assert [len(rows) for rows in pages] == [100, 100, 30, 0]
    rows = [row for one in pages for row in one]
    assert [row.seqno for row in rows] == list(range(1, 231))
    assert len({row.setl_sn for row in rows}) == 230
    assert rows == [row for start in (1, 101, 201) for row in page(party, start)]
    assert all(row.mdtrtarea == "440100" and row.medins_no == "H44010000001" for row in rows)
    assert all(row.mdtrt_setl_time.startswith("2025-03-") for row in rows)
    assert all(Decimal(0) < row.optins_pay_sumamt < row.medfee_sumamt for row in rows)


def test_its_people_have_right_check_digits_and_a_region_that_was_never_issued(party):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for row in page(party):
        total = sum(int(digit) * weight for digit, weight in zip(row.certno, weights, strict=False))
        assert row.certno[:6] == "990000"
        assert row.certno[17] == "10X98765432"[total % 11]
        assert (row.mdtrt_id[0], row.setl_sn[0], len(row.mdtrt_id), len(row.setl_sn)) == ("S", "A", 20, 20)


def test_another_party_and_another_month_have_other_people(party, national_counterpart):
    other = national_counterpart("OTHER", code="H44010000002", options={"rows": 230})
    assert {row.setl_sn for row in page(party)} != {row.setl_sn for row in page(other)}
    assert {row.setl_sn for row in page(party)} != {row.setl_sn for row in page(party, month="04")}
    usual = national_counterpart("USUAL", code="H44010000003")
    assert len(page(usual, 201)) in range(35, 86)


def test_a_confirmation_is_undone_by_the_name_the_centre_gave_it(party):
    rows = page(party)
    first = confirm(party, rows[:60])
    second = confirm(party, rows[60:], included=False)
    ids = [one.require().inf_refmsgid for one in (first, second)]
    assert all(len(one) == 30 and one.startswith("440100") for one in ids)
    told = the_month(party)
    assert (told["rows"], told["confirmed"], told["left_out"], told["open"]) == (230, 60, 40, 130)
    assert told["confirmed_medfee_sumamt"] == str(sum(row.medfee_sumamt for row in rows[:60]))
    party.ask(RollBackCrossRegion.of(YEAR, MONTH, ids[0])).require()
    told = the_month(party)
    assert (told["confirmed"], told["left_out"], told["confirmed_medfee_sumamt"]) == (0, 40, "0.00")
    effects = party.effects("3261")
    assert [one["detail"]["inf_refmsgid"] for one in effects] == ids
    assert [one["nonce"] for one in effects] == [first.msgid, second.msgid]
    assert effects[0]["undone_by"] == party.effects("3262")[0]["id"]
    assert effects[1]["undone_by"] is None
    confirm(party, rows[:60]).require()


def test_the_whole_month_is_undone_at_once(party):
    rows = page(party)
    confirm(party, rows[:50]).require()
    confirm(party, rows[50:]).require()
    party.ask(RollBackCrossRegion.of(YEAR, MONTH)).require()
    assert (the_month(party)["confirmed"], party.truth()["totals"]["3261"]["live"]) == (0, 0)
    assert [one["live"] for one in party.truth()["state"]["CROSS"]["confirmations"]] == [False, False]
    refused(party.ask(RollBackCrossRegion.of(YEAR, MONTH)), "6009")


def test_it_refuses_what_does_not_fit_and_changes_nothing(party):
    rows = page(party)
    month = ConfirmCrossRegion.of(YEAR, MONTH, [ConfirmedRow.of(row) for row in rows[:2]])
    refused(party.ask(month.model_copy(update={"data": month.data.model_copy(update={"totalrow": 3})})), "6003")
    twice = [ConfirmedRow.of(rows[0])] * 2
    refused(party.ask(ConfirmCrossRegion.of(YEAR, MONTH, twice)), "6007")
    refused(confirm(party, page(party, month="04")[:1]), "6004")
    dearer = rows[0].model_copy(update={"medfee_sumamt": rows[0].medfee_sumamt + Decimal("0.01")})
    refused(confirm(party, [rows[1], dearer]), "6005")
    somebody = rows[0].model_copy(update={"certno": rows[1].certno})
    assert rows[1].certno not in refused(confirm(party, [somebody]), "6004")
    refused(party.ask(RollBackCrossRegion.of(YEAR, MONTH, "440100" + "0" * 24)), "6008")
    assert party.effects() == []
    confirm(party, rows[:2]).require()
    refused(confirm(party, rows[1:3]), "6006")
    assert len(party.effects()) == 1


def test_a_month_is_open_from_its_end_until_the_centre_closes_it(party):
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    refused(party.ask(FetchCrossRegion.of(f"{now:%Y}", f"{now:%m}")), "6001")
    last = now.replace(day=1) - timedelta(days=1)
    assert party.ask(FetchCrossRegion.of(f"{last:%Y}", f"{last:%m}")).outcome is Outcome.OK
    refused(party.ask(FetchCrossRegion.of("2020", "12")), "6001")
    done = confirm(party, page(party)[:3]).require()
    party.sandbox.act("national", "close", party="CROSS", year=YEAR, month=MONTH)
    refused(confirm(party, page(party)[3:5]), "6002")
    refused(party.ask(RollBackCrossRegion.of(YEAR, MONTH, done.inf_refmsgid)), "6002")
    assert len(page(party)) == 100


@pytest.mark.parametrize(
    ("kind", "reason", "effects"),
    [
        ("drop_request", Doubt.RESET, 0),
        ("drop_response", Doubt.RESET, 1),
        ("reset", Doubt.RESET, 1),
        ("html", Doubt.HTML, 1),
        ("truncate", Doubt.TRUNCATED, 1),
        ("wrong_key", Doubt.SHAPE, 1),
        ("late", Doubt.TIMEOUT, 1),
    ],
)
def test_every_fault_leaves_the_caller_in_doubt(national_counterpart, kind, reason, effects):
    party = national_counterpart("CROSS", options={"rows": 3}, timeout=0.5 if kind == "late" else 10)
    rows = page(party)
    party.sandbox.switch_on(kind, gateway="national", count=1, codes=["3261"], seconds=2 if kind == "late" else 0)
    exchange = confirm(party, rows)
    assert (exchange.outcome, exchange.reason) == (Outcome.UNKNOWN, reason)
    assert len(party.effects()) == effects
    assert (confirm(party, rows).outcome is Outcome.OK) is (effects == 0)


def test_half_a_batch_looks_like_a_whole_one(party):
    rows = page(party)
    party.sandbox.switch_on("partial_batch", codes=["3261"], count=1)
    assert confirm(party, rows).outcome is Outcome.OK
    assert the_month(party)["confirmed"] == 50


def test_the_ending_of_a_settlement_brings_its_fault(national_counterpart):
    party = national_counterpart("CROSS", options={"rows": 5, "magic_rows": True}, timeout=5)
    rows = page(party)
    refused(confirm(party, [row for row in rows if row.setl_sn.endswith("-REJECT")]), "-REJECT")
    garbled = confirm(party, [row for row in rows if row.setl_sn.endswith("-GARBLE")])
    assert (garbled.outcome, garbled.reason) == (Outcome.UNKNOWN, Doubt.SHAPE)
    assert len(party.effects()) == 1


def test_unknown_options_are_refused(sandbox):
    with pytest.raises(Exception, match="没有这样的选项"):
        sandbox.register("national", "ODD", options={"nosuch": 1})
