"""Declaring a message once is enough."""

import sys
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import _pydantic_core

from portal import codes
from portal.gateway.messages import (
    SENTENCES,
    Exact,
    Gateway,
    Money,
    Part,
    Record,
    Request,
    faults,
    gateway,
    item,
    item_of,
    json_schema,
    load_refusals,
    masked,
    request_class,
    requests,
    sample,
    wire_form,
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch, tmp_path):
    """What these tests declare is gone afterwards."""
    monkeypatch.setattr(sys.modules["portal.gateway.messages.registry"], "_REQUESTS", {})
    monkeypatch.setattr(sys.modules["portal.gateway.messages.registry"], "_SOURCES", {})
    monkeypatch.setattr(sys.modules["portal.gateway.messages.definition"], "_GATEWAYS", {})
    monkeypatch.setattr(sys.modules["portal.codes.lists"], "_LISTS", {})
    (tmp_path / "sex.json").write_text(
        '{"kind":"codes","scope":"example","name":"sex","title":"性别","source":"例 1",'
        '"codes":[{"code":"1","label":"男"},{"code":"2","label":"女"}]}',
        encoding="utf-8",
    )
    codes.load(tmp_path)


class Line(Part):
    amount: Money = item("金额", (16, 2))
    sex: str = item("性别", 1, codes="example.sex")


class Receipt(Record):
    number: str = item("编号", 10, wire="receiptNo")
    psn_name: str = item("姓名", 20, secret=True, default="")
    sex: str = item("性别", 1, codes="example.sex", default="1")
    lines: list[Line] = item("明细", default_factory=list)


def declare(**keywords: Any) -> Any:
    options = {"code": "charge", "title": "收费", "gateway": Gateway("example", "示例", wire="none")} | keywords

    class Charge(Request[Receipt], **options):
        """Charge somebody."""

        card: str = item("卡号", 20, secret=True)
        sex: str = item("性别", 1, codes="example.sex")
        lines: list[Line] = item("明细", many=(1, 3))
        day: date | None = item("日期", default=None)

    return Charge


def said(error: pytest.ExceptionInfo[ValidationError], record: type[BaseModel]) -> list[str]:
    return [str(fault) for fault in faults(error.value, record)]


def test_a_declaration_is_found_by_code_and_alias():
    charge = declare(aliases=("pay",), undo="refund", check="find", safe=False, quiet=90)
    assert request_class("example", "charge") is charge is request_class(gateway("example"), "pay")
    assert requests("example") == (charge,) == requests()
    assert (charge.code, charge.title, charge.undo, charge.check, charge.quiet) == (
        *("charge", "收费", "refund", "find"),
        90,
    )
    assert charge.reply() is Receipt
    assert not charge.safe


def test_a_declaration_made_twice_is_refused():
    declare()
    for keywords in ({}, {"code": "other", "aliases": ("charge",)}):
        with pytest.raises(TypeError, match="declared twice"):
            declare(gateway=gateway("example"), **keywords)
    with pytest.raises(TypeError, match="declared twice"):
        Gateway("example", "又一个", wire="none")
    assert [one.code for one in requests("example")] == ["charge"]


def test_a_declaration_without_title_or_gateway_is_refused():
    for missing in ({"title": ""}, {"gateway": None}):
        with pytest.raises(TypeError, match="needs a title and a gateway"):
            declare(**({"gateway": None} | missing if "gateway" in missing else missing))
        sys.modules["portal.gateway.messages.definition"]._GATEWAYS.clear()


def test_an_unknown_transaction_or_gateway_is_a_lookup_error():
    with pytest.raises(LookupError, match="no transaction"):
        request_class("example", "nothing")
    with pytest.raises(LookupError, match="no gateway"):
        gateway("nowhere")


def test_a_decimal_that_is_not_guarded_is_refused_at_declaration():
    with pytest.raises(TypeError, match="Money or Exact"):

        class Careless(Record):
            amount: Decimal = item("金额", (16, 2))


def test_it_names_all_faults_at_once_with_label_and_path_but_never_the_value():
    charge = declare()
    with pytest.raises(ValidationError) as error:
        charge.model_validate(
            {
                "card": "622202" * 9,
                "sex": "SECRET"[0],
                "lines": [{"amount": "1.00", "sex": "1"}, {"amount": "0.005", "sex": "9", "odd": 1}],
                "day": "SECRET",
                "more": "SECRET",
            }
        )
    assert said(error, charge) == [
        "卡号（card）：最多 20 个字符",
        "性别（sex）：不在代码表“性别”中",
        "第 2 项金额（lines[1].amount）：最多 2 位小数",
        "第 2 项性别（lines[1].sex）：不在代码表“性别”中",
        "第 2 项多余字段（lines[1].odd）：接口中没有这个字段",
        "日期（day）：应为日期（年-月-日）",
        "多余字段（more）：接口中没有这个字段",
    ]
    assert "SECRET" not in str(error.value)


def test_it_says_what_is_missing_under_its_wire_name():
    with pytest.raises(ValidationError) as error:
        Receipt.model_validate({"receiptNo": None})
    assert said(error, Receipt) == ["编号（receiptNo）：必填"]
    assert faults(error.value, Receipt)[0].path == ("receiptNo",)


def test_a_message_that_is_no_group_at_all_is_one_fault():
    charge = declare()
    with pytest.raises(ValidationError) as error:
        charge.model_validate([1])
    assert said(error, charge) == ["应为一组字段"]


# Error types that no declaration of ours can produce.
NEVER = {
    *("no_such_attribute", "needs_python_object", "get_attribute_error", "dataclass_type", "dataclass_exact_type"),
    *("named_tuple_type", "default_factory_not_called", "iteration_error", "frozen_dict_type", "ordered_dict_type"),
    *("counter_type", "deque_type", "set_type", "set_item_not_hashable", "missing_sentinel_error", "ellipsis_error"),
    *("time_delta_type", "time_delta_parsing", "frozen_set_type", "is_instance_of", "is_subclass_of"),
    *("callable_type", "arguments_type", "missing_argument", "unexpected_keyword_argument"),
    *("missing_keyword_only_argument", "unexpected_positional_argument", "missing_positional_only_argument"),
    *("multiple_argument_values", "complex_type", "complex_str_parsing", "fraction_type", "fraction_parsing"),
}


def test_every_pydantic_error_that_can_occur_has_a_sentence():
    known: dict[str, set[str]] = {
        one["type"]: set(one.get("example_context") or {}) for one in _pydantic_core.list_all_errors()
    }
    assert known.keys() - SENTENCES.keys() == NEVER, "a new error type needs a sentence, a stale exemption goes"
    assert SENTENCES.keys() <= known.keys()
    for kind, sentence in SENTENCES.items():
        context = known.get(kind, set())
        used = {part.split("}")[0] for part in sentence.split("{")[1:]}
        assert used <= context, kind
        assert not used & {"error", "expected", "tag", "pattern"}, f"{kind} would quote the value"


def test_a_reply_keeps_what_is_new_and_accepts_unknown_codes():
    receipt = Receipt.model_validate({"receiptNo": 7, "sex": "9", "psn_name": None, "novel": "x"})
    assert (receipt.number, receipt.sex, receipt.psn_name) == ("7", "9", "")
    assert receipt.model_extra == {"novel": "x"}


def test_a_request_cannot_be_changed():
    charge = sample(declare())
    with pytest.raises(ValidationError):
        charge.card = "other"


def test_its_wire_form_uses_wire_names_and_leaves_out_what_is_absent():
    assert wire_form(Receipt(number="7")) == {"receiptNo": "7", "psn_name": "", "sex": "1", "lines": []}
    charge = declare()
    form = wire_form(charge(card="1", sex="2", lines=[Line(amount=Decimal(3), sex="1")]))
    assert form == {"card": "1", "sex": "2", "lines": [{"amount": Decimal("3.00"), "sex": "1"}]}


def test_what_is_secret_or_undeclared_is_masked():
    receipt = Receipt.model_validate({"receiptNo": "7", "psn_name": "样例", "certno": "110", "lines": [sample(Line)]})
    shown = masked(receipt)
    assert shown["receiptNo"] == "7"
    assert shown["psn_name"] == shown["certno"] == "***"
    assert shown["lines"][0]["sex"] == "1"
    assert masked(Receipt(number="7"))["psn_name"] == "", "an empty value hides nothing"
    assert "7" in repr(receipt)
    assert not any(value in f"{receipt!r} {receipt}" for value in ("样例", "110"))


def test_a_sample_is_legal_and_follows_its_number():
    charge = declare()
    assert sample(charge, 0).sex == "1"
    assert sample(charge, 1).sex == "2"
    assert sample(charge, card="given").card == "given"
    for number in range(20):
        assert charge.model_validate(wire_form(sample(charge, number))) == sample(charge, number)


def test_a_sample_respects_patterns_bounds_and_sizes():
    class Odd(Record):
        code: str = item("编码", pattern=r"^[A-Z]{2}-(0[1-9]|1[0-2])\d{3,5}[x-z]?$")
        name: str = item("名称", 3, min_length=3)
        count: int = item("数", ge=5, le=6)
        kind: Literal["a", "b"] = item("类", default="a")
        dose: Exact = item("剂量", (3, 2), le=Decimal("1.50"))
        other: dict[str, Any] = item("其他", default_factory=dict)

    for number in range(30):
        sample(Odd, number)


def test_its_schema_carries_labels_codes_and_secrets():
    schema = json_schema(declare())
    assert schema["title"] == "收费"
    assert schema["properties"]["sex"]["oneOf"] == [{"const": "1", "title": "男"}, {"const": "2", "title": "女"}]
    assert schema["properties"]["card"]["secret"] is True
    assert schema["$defs"]["Line"]["properties"]["amount"]["title"] == "金额"
    assert schema["additionalProperties"] is False
    assert item_of(Receipt, "number").wire == "receiptNo"
    assert [one.label for one in Receipt.items()] == ["编号", "姓名", "性别", "明细"]


def test_a_refusal_counts_only_for_the_transactions_it_is_listed_for(tmp_path):
    path = tmp_path / "refusals.json"
    row = '{"code":"1","sentence":"s","clause":"c","next_step":"n","transactions":["charge"]}'
    path.write_text(f'{{"kind":"refusals","refusals":[{row}]}}', encoding="utf-8")
    example = Gateway("example", "示例", wire="none", refusals=load_refusals(path))
    assert example.refusal("1", "charge")
    assert example.refusal("1", "refund") is None
    assert example.refusal("2", "charge") is None
    path.write_text(f'{{"kind":"refusals","refusals":[{row},{row}]}}', encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        load_refusals(path)
