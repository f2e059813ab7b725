"""What a fee item and an advice must look like: every rule with its field, without a database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from injury.rules.advices import check_advices
from injury.rules.fee_amounts import is_product
from injury.rules.fee_fields import limits
from injury.rules.fee_holds import hold
from injury.rules.fee_lines import Scene, check_lines, digest
from injury.services.mapping import Mapped, outside

STAY = Scene(date(2025, 5, 1), None, date(2025, 7, 1))
LEFT = Scene(date(2025, 5, 1), date(2025, 6, 10), date(2025, 7, 1))
ELSEWHERE = Scene(date(2025, 5, 1), None, date(2025, 7, 1), elsewhere=True)
GOOD = {
    "line_id": "F1", "prescription": "CF1", "prescribed_on": "2025-06-01", "days": 1, "own_code": "ZL1",
    "own_name": "换药", "kind": "1", "price": "12.50", "quantity": "2", "amount": "25.00", "advice_no": "999",
}  # fmt: skip
DRUG = GOOD | {"kind": "0", "specification": "0.3g", "trace_codes": "83480110000000000001"}


def faults(said, scene=STAY):
    return {fault.field: fault.sentence for fault in check_lines([said], scene)[1]}


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (GOOD | {"price": 12.5}, "price", "浮点"),
        (GOOD | {"price": "１２.50"}, "price", "半角数字"),
        (GOOD | {"price": "1e3"}, "price", "半角数字"),
        (GOOD | {"price": "-12.50", "quantity": "-2"}, "price", "大于 0"),
        (GOOD | {"price": "1.23456"}, "price", "最多 4 位小数"),
        (GOOD | {"price": "1234567"}, "price", "小数点前最多 6 位"),
        (GOOD | {"quantity": "0"}, "quantity", "不能为 0"),
        (GOOD | {"amount": "0.00"}, "amount", "不能为 0"),
        (GOOD | {"amount": "-0"}, "amount", "负零"),
        (GOOD | {"amount": "-25.00"}, "amount", "正负号不一致"),
        (GOOD | {"amount": "25.01"}, "amount", "不符"),
        (GOOD | {"amount": None}, "amount", "必填"),
        (GOOD | {"prescribed_on": "2025-04-30"}, "prescribed_on", "早于入院日期 2025-05-01"),
        (GOOD | {"prescribed_on": "2025-07-02"}, "prescribed_on", "晚于今天"),
        (GOOD | {"prescribed_on": "2025/06/01"}, "prescribed_on", "应为日期"),
        (GOOD | {"prescribed_on": "2025-02-30"}, "prescribed_on", "应为日期"),
        (GOOD | {"days": 0}, "days", "1 至"),
        (GOOD | {"days": "１"}, "days", "1 至"),
        (GOOD | {"days": True}, "days", "1 至"),
        (GOOD | {"line_id": "F 1"}, "line_id", "空格"),
        (GOOD | {"line_id": "F\x001"}, "line_id", "不可见"),
        (GOOD | {"line_id": 7}, "line_id", "应为文本"),
        (GOOD | {"line_id": "F" * 51}, "line_id", "最多 50 个字符"),
        (GOOD | {"own_code": "Ａ1"}, "own_code", "全角"),
        (GOOD | {"own_name": "名" * 101, "common_name": "名"}, "own_name", "最多 100"),
        (GOOD | {"own_name": "名" * 31}, "common_name", "超过 30"),
        (GOOD | {"own_name": "换药\ud800"}, "own_name", "不可见"),
        (GOOD | {"prescription": "C" * 21}, "prescription", "最多 20"),
        (GOOD | {"kind": "2"}, "kind", "81027"),
        (GOOD | {"own_category": "77"}, "own_category", "81024"),
        (GOOD | {"own_category": "1407"}, "own_category", "最多 3"),
        (GOOD | {"own_grade": "9"}, "own_grade", "代码"),
        (GOOD | {"advice_no": ""}, "advice_no", "999"),
        (GOOD | {"is_rescue": "2"}, "is_rescue", "是或否"),
        (GOOD | {"refunds": "F0"}, "refunds", "只有退费"),
        (GOOD | {"colour": "red"}, "colour", "没有这个字段"),
        (DRUG | {"specification": ""}, "specification", "药品必填"),
        (DRUG | {"trace_codes": "83480110000000000001，83480110000000000002"}, "trace_codes", "半角逗号"),
        (DRUG | {"trace_codes": "83480110000000000001, 83480110000000000002"}, "trace_codes", "空格"),
        (DRUG | {"trace_codes": "83480110000000000001,"}, "trace_codes", "第 2 个"),
        (DRUG | {"trace_codes": "834801"}, "trace_codes", "7 至 50"),
        (DRUG | {"trace_codes": "83480110000000000001,83480110000000000001"}, "trace_codes", "重复"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_field_and_reason(said, field, words):
    found = faults(said)
    assert list(found) == [field]
    assert words in found[field]


def test_a_good_line_passes_and_all_faults_of_a_bad_one_come_at_once():
    assert faults(GOOD) == {}
    assert faults(DRUG) == {}
    assert faults(DRUG | {"trace_codes": ""}) == {}  # held, not refused
    assert faults(GOOD | {"prescribed_on": "2025-06-11"}, LEFT)["prescribed_on"] == "2025-06-11 晚于出院日期 2025-06-10"
    assert set(faults({"line_id": "F1", "price": 1.0})) == {
        *("price", "quantity", "amount", "prescribed_on", "days", "kind", "prescription", "own_code", "own_name"),
        "advice_no",
    }
    assert check_lines(["F1", None], STAY)[1][0].field == "line"


def test_limits_are_those_of_the_declaration_that_holds():
    assert limits(elsewhere=False).numbers == {"price": (10, 4), "quantity": (30, 4), "amount": (30, 4)}
    assert limits(elsewhere=True).numbers == {"price": (16, 6), "quantity": (16, 4), "amount": (30, 4)}
    fine = GOOD | {"price": "0.123456", "quantity": "10", "amount": "1.23"}
    assert faults(fine, ELSEWHERE) == {}
    assert "最多 4 位小数" in faults(fine)["price"]
    much = GOOD | {"price": "1", "quantity": "1234567890123", "amount": "1234567890123"}
    assert "小数点前最多 12 位" in faults(much, ELSEWHERE)["quantity"]
    assert faults(much) == {}


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "fits"),
    [
        ("0.335", "1", "0.34", True),
        ("0.335", "1", "0.33", True),  # either way of a tie
        ("0.335", "1", "0.335", True),
        ("0.335", "1", "0.336", False),  # said more precisely, held to it
        ("3", "0.3333", "0.9999", True),
        ("3", "0.3333", "1.00", True),
        ("3", "0.3333", "0.9998", False),
        ("99.99", "3", "299.98", False),
        ("12.5", "-2", "-25", True),
        ("123456.7891", "99999999999999999999.9999", "12345678910000000000000000.00", False),
    ],
)
def test_an_amount_is_the_product_rounded_at_its_own_last_place(price, quantity, amount, fits):
    product = Decimal(price) * Decimal(quantity)
    assert is_product(product, Decimal(amount)) is fits


def one(said):
    """The checked line."""
    (line,), wrong = check_lines([said], STAY)
    assert not wrong
    return line


def held(line, place):
    """Kind and sentence of its hold; empty when it may go."""
    found: Any = hold(line, place)
    return (found.kind, found.because) if found else ("", "")


def test_the_same_content_is_the_same_however_it_is_written():
    first = one(GOOD)
    assert digest(first) == digest(one(GOOD | {"price": Decimal("12.5000"), "days": "1", "is_rescue": False}))
    assert digest(first) != digest(one(GOOD | {"remark": "改"}))


def test_what_the_mapping_decides_holds_a_line_back():
    line = one(DRUG | {"dosage_form": "胶囊"})
    inside, apart = Mapped("XA01", "样例", "11", "1", "V1"), outside("0", "没有对照")
    assert held(line, inside) == held(line, apart) == ("", "")
    late = Mapped("XA01", "样例", "11", "1", "V1", hold="目录版本已过期")
    assert held(line, late) == ("mapping", "目录版本已过期")
    line.is_rescue = True
    assert "81035" in held(line, inside)[1]
    assert held(line, apart) == ("", "")
    line.is_rescue, line.is_unrelated = False, True
    assert held(line, inside) == ("", "")
    assert "81038" in held(line, apart)[1]
    line.is_unrelated, line.dosage_form = False, ""
    assert held(line, apart)[0] == "outside"
    line.trace_codes = ""
    assert held(line, inside)[0] == "trace"


def test_a_wrong_advice_is_refused_with_field_and_reason():
    good = {"number": "Y1", "started_on": "2025-06-01", "text": "换药", "doctor": "甲", "nurse": "乙"}
    assert check_advices([good])[1] == []
    for said, field, words in [
        ({"number": "999"}, "number", "约定号码"),
        ({"text": ""}, "text", "81016"),
        ({"nurse": ""}, "nurse", "81018"),
        ({"text": "长" * 2001}, "text", "81030"),
        ({"started_on": "20250601"}, "started_on", "81029"),
        ({"ended_on": "2025-05-01"}, "ended_on", "早于开始日期"),
        ({"kind": "3"}, "kind", "长期医嘱"),
        ({"nursing": "特级护理" * 4}, "nursing", "最多 12"),
        ({"colour": "red"}, "colour", "没有这个字段"),
    ]:
        (fault,) = check_advices([good | said])[1]
        assert (fault.field, words in fault.sentence) == (field, True)
