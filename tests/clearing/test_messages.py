"""The clearing gateway's declarations against the manual."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from clearing.messages import (
    CLEARING,
    INSUTYPE_OF,
    PAGE,
    ClearingPage,
    ClearingRow,
    GenerateClearing,
    QueryClearing,
    QueryDepositRefund,
    QueryMonthlyDetail,
    SubmitApplication,
    VerifyClearing,
)
from portal.codes import code_list
from portal.gateway.messages import faults, masked, requests, sample, wire_form


def said(record, message):
    with pytest.raises(ValidationError) as error:
        record.model_validate(message)
    return [str(fault) for fault in faults(error.value, record)]


def test_it_declares_the_thirteen_transactions_and_how_they_hang_together():
    assert {one.code: (one.undo, one.check) for one in requests(CLEARING) if not one.safe} == {
        "generateClearing": ("revokeClearing", "queryClearing"),
        "revokeClearing": ("generateClearing", "queryClearing"),
        "verifyClearing": ("cancelVerification", "queryVerification"),
        "cancelVerification": ("verifyClearing", "queryVerification"),
        "submitApplication": ("cancelApplication", "queryApplication"),
        "cancelApplication": ("submitApplication", "queryApplication"),
    }
    assert {one.code for one in requests(CLEARING) if one.safe} == {
        *("queryClearing", "queryMonthlyDetail", "queryMonthlySummary", "queryVerification"),
        *("queryApplication", "queryDisbursement", "queryDepositRefund"),
    }


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("aka080", {"001": "城镇职工基本医疗保险", "002": "城乡居民基本医疗保险"}),
        ("qsjg00", {"001": "同煤", "002": "异地", "003": "本地"}),
        ("akc191", {"001": "普通门诊", "002": "普通住院", "003": "门诊大额疾病", "005": "生育住院"}),
        ("hdzt00", {"000": "未核对", "001": "已核对"}),
        ("qssqzt", {"000": "未申请", "001": "已申请"}),
        ("insutype", {"310": "城镇职工", "390": "城乡居民"}),
    ],
)
def test_it_has_the_code_lists_of_appendix_b(name, entries):
    assert dict(code_list(f"clearing.{name}").choices()) == entries


def test_it_has_the_longer_code_lists_of_appendix_b():
    regions = dict(code_list("clearing.insu_admdvs").choices())
    assert len(regions) == 13
    assert (regions["140212"], regions["140298"], regions["140299"]) == ("新荣区", "晋控煤业分中心", "大同市市本级")
    kinds = dict(code_list("clearing.clr_type").choices())
    assert list(kinds) == ["11", "12", "14", "15", "16", "21", "27", "28", "41", "51", "53"]
    assert (kinds["14"], kinds["41"], kinds["53"]) == ("门诊慢特病", "药店购药", "生育门诊")


def test_monthly_queries_name_the_insurance_otherwise():
    assert INSUTYPE_OF.keys() == dict(code_list("clearing.aka080").choices()).keys()
    assert set(INSUTYPE_OF.values()) == set(dict(code_list("clearing.insutype").choices()))


@pytest.mark.parametrize("year", ["", "25", "1999", "2025年", "２０２５", "20255", "2025\n", " 2025"])
def test_a_year_is_four_ascii_digits(year):
    assert said(GenerateClearing, {"year": year, "aka080": "001"}) == ["清算年份（year）：格式不符合接口规定"]


def test_a_wrong_code_names_the_field_and_its_list():
    assert said(GenerateClearing, {"year": "2025", "aka080": "003", "qsjg00": "004"}) == [
        "险种（aka080）：不在代码表“险种”中",
        "清算机构（qsjg00）：不在代码表“清算机构”中",
    ]
    assert said(SubmitApplication, {"year": "2025", "aka080": "001"}) == ["清算机构（qsjg00）：必填"]
    assert said(QueryDepositRefund, {"year": "2025", "aka080": "001", "kind": "all"}) == [
        "返还类别（kind）：取值不在规定范围内"
    ]


def test_the_agency_may_be_left_out_for_all():
    assert wire_form(GenerateClearing(year="2025", aka080="001")) == {"year": "2025", "aka080": "001"}


def test_pages_are_bounded():
    page = {"year": "2025", "aka080": "001"}
    assert said(QueryClearing, page | {"page": 0, "size": PAGE + 1}) == [
        "页码（page）：不能小于 1",
        "每页条数（size）：不能大于 1000",
    ]
    assert said(
        QueryMonthlyDetail, {"year": "2025", "insutype": "310", "qsjg00": "001", "akc191": "001", "month": "13"}
    )


def test_a_verification_names_between_one_and_a_thousand_different_rows():
    assert said(VerifyClearing, {"row_ids": []}) == ["清算数据编号（row_ids）：至少 1 项"]
    assert said(VerifyClearing, {"row_ids": ["R"] * 2}) == ["清算数据编号（row_ids）：有重复的数据"]
    assert said(VerifyClearing, {"row_ids": [f"R{n}" for n in range(1001)]}) == [
        "清算数据编号（row_ids）：最多 1000 项"
    ]
    assert said(VerifyClearing, {"row_ids": ["R1", "'; --"]}) == [
        "第 2 项清算数据编号（row_ids[1]）：格式不符合接口规定"
    ]


@pytest.mark.parametrize("amount", ["1e309", "NaN", "-0.00", "0.005", "１２", "100000000000000.00", 1.5])
def test_an_amount_that_cannot_be_is_refused_with_its_name(amount):
    row = wire_form(sample(ClearingRow)) | {"fund_due_amt": amount}
    found = said(ClearingPage, {"total": 1, "rows": [row]})
    assert len(found) == 1
    assert found[0].startswith("第 1 项基金应付金额（rows[0].fund_due_amt）：")


def test_a_row_with_new_codes_and_new_items_is_kept():
    row = wire_form(sample(ClearingRow)) | {"qsjg00": "009", "clr_type": "9901", "novel": "x", "year": 2025}
    kept = ClearingRow.model_validate(row)
    assert (kept.qsjg00, kept.clr_type, kept.year, kept.model_extra) == ("009", "9901", "2025", {"novel": "x"})


def test_people_in_monthly_details_are_masked():
    reply = sample(QueryMonthlyDetail.reply())
    shown = masked(reply)["rows"][0]
    assert (shown["psn_name"], shown["certno"]) == ("***", "***")


def test_every_rule_of_the_manual_has_a_refusal():
    listed = json.loads((Path("clearing") / "codes" / "refusals.json").read_text(encoding="utf-8"))["refusals"]
    by_clause = {(code, row["clause"]) for row in listed for code in row.get("transactions", ())}
    assert ("revokeClearing", "清算手册 5.2") in by_clause
    assert ("cancelVerification", "清算手册 7.3") in by_clause
    assert ("submitApplication", "清算手册 8.1") in by_clause
    assert ("cancelApplication", "清算手册 8.2") in by_clause
