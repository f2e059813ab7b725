"""The tables of the national interface: nothing lost, every number known, messages made from them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from clearing.messages import ConfirmCrossRegion, FetchCrossRegion, RollBackCrossRegion
from portal.codes import code_list, code_lists
from portal.gateway.messages import faults, headings, request_class, requests, sample
from portal.gateway.national import NATIONAL, compose, transaction
from portal.gateway.national.editions import base
from portal.gateway.national.tables import effect_of, printed, readings, tables

UNKNOWN = {"S3301", "S3302", "S3601", "S3701", "S3702", "S3901", "S5201", "S5901", "Z1101", "Z1102"}
EXTENDING = {"2101A", "2102A", "2206A", "2207A", "2303A", "2304A", "2501A"}
PURCHASE = {
    "psn_no": "P0001",
    "mdtrt_cert_type": "02",
    "mdtrt_cert_no": "C0001",
    "psn_cert_type": "01",
    "certno": "C0001",
    "psn_type": "11",
    "psn_name": "样例",
    "begntime": datetime(2025, 3, 1, 9, 30),
    "medfee_sumamt": Decimal("12.50"),
    "insutype": "310",
    "acct_used_flag": "1",
    "med_type": "41",
}
LINE = {
    "feedetl_sn": "1",
    "rx_circ_flag": "0",
    "fee_ocur_time": "2025-03-01 09:30:00",
    "med_list_codg": "XA01",
    "medins_list_codg": "A1",
    "det_item_fee_sumamt": Decimal("12.50"),
    "cnt": Decimal("1"),
    "pric": Decimal("12.5"),
}


def fields_of(number: str, node: str, edition: Any = "") -> dict[str, Any]:
    """The items of an input's node."""
    kind: Any = transaction(number, edition).model_fields[node].annotation
    return next(one for one in (kind, *get_args(kind)) if hasattr(one, "model_fields")).model_fields


def sentences(number, content, **more) -> dict[str, str]:
    with pytest.raises(ValidationError) as error:
        compose(number, content, **more)
    return {fault.where: fault.sentence for fault in faults(error.value, transaction(number))}


def test_nothing_of_the_specification_is_lost():
    known = printed()
    assert len(known) == 123
    assert {number for number, one in known.items() if not one.is_known} == UNKNOWN
    assert {number for number, one in known.items() if one.base} == EXTENDING
    assert len(known.keys() - {"3260", "3261", "3262"}) == 120
    assert sum(one.count for one in known.values()) == 3358
    lists = [one for one in code_lists() if one.scope == "national"]
    assert (len(lists), sum(map(len, lists))) == (303, 3430)
    assert all(one.category[0] and one.call in ("realtime", "daily") for one in known.values())


def test_every_number_with_a_table_is_a_transaction():
    made = {one.code for one in requests(NATIONAL)}
    assert made == printed().keys() - UNKNOWN == {one.code for one in headings(NATIONAL)}
    assert transaction("2207A") is transaction("2207A") is request_class("national", "2207A")
    for number in (*UNKNOWN, "9999"):
        with pytest.raises(LookupError):
            transaction(number)


@pytest.mark.parametrize("kind", [FetchCrossRegion, ConfirmCrossRegion, RollBackCrossRegion])
def test_what_is_declared_by_hand_has_the_fields_of_its_table(kind):
    table, effect = tables()[kind.code], effect_of(kind.code)
    assert (kind.safe, kind.undo, kind.check, kind.quiet) == (effect.safe, effect.undo, effect.check, effect.quiet)
    for side, record in (("input", kind), ("output", kind.reply())):
        for node in table.nodes(side):
            annotation = record.model_fields[node.name].annotation
            inner = annotation if hasattr(annotation, "model_fields") else annotation.__args__[0]
            assert [column.wire for column in node.columns] == list(inner.model_fields)
            assert (annotation is not inner) == bool(node.many)


def test_an_a_variant_has_the_fields_of_its_base_and_named_fields_are_described():
    assert tables()["2207A"].input == tables()["2207"].input
    filled = {column.wire: column for node in tables()["4101A"].input for column in node.columns}
    assert not any(column.is_blank for column in filled.values())
    assert filled["adm_time"].title == "入院时间"
    assert filled["psn_no"].required is None
    assert fields_of("4101A", "setlinfo")["psn_no"].default is None
    assert {name for name, one in transaction("4101A").model_fields.items() if one.is_required()} == {
        "setlinfo",
        "diseinfo",
    }


def test_a_request_is_composed_from_plain_values_and_read_back():
    trace = {"feedetl_sn": "1", "drug_trac_codg": "8348", "trdn_flag": "0"}
    content = {"druginfo": PURCHASE, "drugdetail": [{**LINE, "rxno": "", "durg_trac_info": [trace]}]}
    made: Any = compose("2102A", content, insured_at="510100")
    assert made.druginfo.begntime == "2025-03-01 09:30:00"
    assert made.drugdetail[0].rxno is None
    assert made.drugdetail[0].durg_trac_info[0].drug_trac_codg == "8348"
    assert type(made).model_validate_json(made.model_dump_json(by_alias=True, exclude_none=True)) == made
    asked = {
        "data": {"type": "sex", "parent_value": "0", "admdvs": "510100", "date": date(2025, 3, 1), "vali_flag": "1"}
    }
    dictionary: Any = compose("1901", asked)
    assert dictionary.data.date == "2025-03-01"
    assert "P0001" not in repr(made)


def test_everything_that_is_wrong_is_said_at_once():
    wrong = {**PURCHASE, "insutype": "999", "begntime": "2025-02-30 08:00:00", "psn_name": "", "nonsense": "1"}
    found = sentences("2102A", {"druginfo": wrong, "drugdetail": [{**LINE, "cnt": Decimal("1.00001"), "pric": 1.5}]})
    assert found == {
        "druginfo.insutype": "不在代码表“险种类型”中",
        "druginfo.begntime": "没有这一天",
        "druginfo.psn_name": "必填",
        "druginfo.nonsense": "接口中没有这个字段",
        "drugdetail[0].cnt": "最多 4 位小数",
        "drugdetail[0].pric": "不能用浮点数表示，请用文本或定点数",
        "insuplc_admdvs": "带有人员编号的交易必须给出参保地医保区划",
    }
    lines = [{**LINE, "feedetl_sn": str(n)} for n in range(101)]
    assert (
        "最多 100 项" in sentences("2102A", {"druginfo": PURCHASE, "drugdetail": lines}, insured_at="510100").values()
    )
    assert sentences("5203", {"data": {"psn_no": "P1", "mdtrt_id": "M1"}}) == {
        "insuplc_admdvs": "带有人员编号的交易必须给出参保地医保区划"
    }


def test_a_reply_is_read_whatever_a_centre_makes_of_it():
    reply = transaction("2207A").reply()
    told = reply.model_validate(
        {
            "SetlInfo": [{"setl_id": "S" * 60, "medfee_sumamt": "12.5", "age": "", "own_item": "x", "gend": "7"}],
            "setldetail": {"fund_payamt": "0.125", "fund_pay_type": None},
        }
    )
    assert told.setlinfo.medfee_sumamt == Decimal("12.50")
    assert told.setlinfo.age is None
    assert told.setlinfo.mdtrt_id == ""
    assert told.setlinfo.__pydantic_extra__ == {"own_item": "x"}
    assert told.setldetail[0].fund_payamt == Decimal("0.125")
    assert transaction("2208").reply()(setlinfo={"psn_cash_pay": "1"}).setlinfo.psn_cash_pay == Decimal("1.00")
    assert transaction("9002").reply()(sign_time="2025-03-01 17:00:00").sign_time.sign_time == "2025-03-01 17:00:00"
    assert [one.mdtrt_id for one in transaction("5204").reply()(data=[{"mdtrt_id": "1"}, {"mdtrt_id": "2"}]).data] == [
        "1",
        "2",
    ]
    assert transaction("1301").reply()(file_qury_no="F1").file_qury_no == "F1"
    assert transaction("2202").reply()().inf_refmsgid == ""


def test_nodes_stand_where_their_fields_are():
    review: Any = sample(transaction("3101"))
    patient = review.data.patient_dtos[0]
    order = patient.fsi_encounter_dtos[0].fsi_order_dtos[0]
    assert order.extend_order_map.o_prdDays
    assert next(iter(transaction("3302").model_fields)) == "fixmedins_code"
    assert "data" in transaction("3202").model_fields
    assert fields_of("9101", "fsUploadIn")["in_"].alias == "in"


def test_our_readings_name_only_what_the_tables_have():
    said = readings()
    columns = {
        column.wire for one in tables().values() for node in (*one.input, *one.output) for column in node.columns
    }
    nodes = {node.name for one in tables().values() for node in (*one.input, *one.output)} | {"extend_order_map"}
    assert said["codes"].keys() | said["unchecked"].keys() | said["described"].keys() <= columns
    assert all(code_list(f"national.{name}") for name in said["codes"].values())
    assert {one.partition(".")[2] for one in (*said["optional"], *said["types"])} <= columns
    for number, sides in said["lists"].items():
        for side, names in sides.items():
            assert set(names) <= {node.name for node in tables()[number].nodes(side)}, number
    assert said["nodes"].keys() <= nodes
    # Two names that only provinces use.
    assert set(said["secret"]) - {"mob", "psn_cert_no"} <= {one.lower() for one in columns}


def test_what_may_be_reversed_is_the_printed_set():
    pairs = ("2102", "2207", "2304")
    assert base().reversible == {*pairs, *(f"{one}A" for one in pairs), "2103", "2208", "2305", "2401"}
