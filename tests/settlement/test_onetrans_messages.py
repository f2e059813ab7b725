"""OneTrans as its specification prints it: every dictionary, every item, its samples; and what a card reader writes."""

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from portal.codes import code_list, code_lists
from portal.gateway.desk.cards import CARDS
from portal.gateway.messages import faults, requests, sample
from settlement.messages import onetrans
from settlement.messages.onetrans import (
    ONETRANS,
    ChargeOutpatient,
    Identity,
    QueryTrade,
    ReadIdentity,
    Recharge,
    RefundTrade,
)
from settlement.rules.cards import UnreadableCard, read_code, read_identity_card, read_social_card
from settlement.rules.trades import standing

#: Appendix, table by table; treatment steps in two lists: 18 stages, and 66 groups with 49 steps below them.
COUNTS = {
    "card_type": 12,
    "gend": 4,
    "naty": 56,
    "psn_cert_type": 19,
    "psn_insu_stas": 5,
    "psn_type": 12,
    "opter_type": 3,
    "psn_idet_type": 7,
    "disa_lv": 4,
    "insutype": 7,
    "cvlserv_flag": 2,
    "business_place": 4,
    "business_type": 22,
    "mdtrt_cert_type": 9,
    "region": 420,
    "ehc_id_type": 9,
    "ehc_card_type": 5,
    "treatment_stage": 18,
    "treatment_code": 115,
}
#: What tables of messages list beside an item.
VALUES = {
    "trade_result": 7,
    "trade_type": 2,
    "withdraw_mode": 7,
    "refund_type": 3,
    "deposit_type": 1,
    "patient_type": 3,
    "account_type": 2,
    "auth_status": 4,
    "frozen_type": 2,
    "credit_pay_type": 2,
    "channel_type": 1,
    "read_mode": 4,
}
SPOTS = {
    "card_type": {"01": "社保卡", "12": "支付宝USERID"},
    "naty": {"01": "汉族", "28": "景颇族", "29": "柯尔克孜族", "56": "基诺族"},
    "psn_cert_type": {"10": "军烈属证明", "90": "社会保障卡"},
    "psn_idet_type": {"04": "失独父母", "99": "其他"},
    "business_type": {"01101": "挂号", "05101": "线下修改密码", "05151": "医保业务办理"},
    "ehc_card_type": {"01": "社保卡", "05": "居民健康卡"},
    "region": {"110000": "北京市", "420700": "鄂州市", "660001": "新疆生产建设兵团(市级)"},
    "treatment_stage": {"01010": "门诊、住院服务", "000000": "其他"},
    "treatment_code": {
        "010103": "取药",
        "0101055": "门诊充值",
        "02060299": "其他健康管理",
        "0201099": "其他孕产健康服务",
    },
    "withdraw_mode": {"0": "现金", "5": "单位转账", "7": "MisPOS"},
}
#: Transaction: how many items its table has for the request (without the desk's own), and for the reply.
ITEMS = {
    "hos.user.get": (8, 13),
    "hos.user.third.get": (7, 10),
    "hop.trade.recharge": (17, 7),
    "hop.trade.query": (14, 14),
    "hop.trade.refund": (17, 14),
    "fsi.outpatient.charge": (20, 5),
    "chs.common.outpatient.settle.cancel": (8, 2),
    "ehc.ehealthcard.authurl": (9, 1),
    "ehc.ehealthcard.auth.query": (4, 14),
}
GROUPS = {
    "BaseInfo": 9,
    "Insurance": 9,
    "PersonIdentity": 5,
    "HealthCard": 26,
    "HospitalCard": 3,
    "CancelledSettlement": 35,
    "FundPart": 6,
    "MedicalContent": 6,
    "BusinessInfo": 5,
    "PayInfo": 7,
    "FeeItem": 5,
    "RechargeExtra": 15,
}
#: What samples of chapter 3 send and get, without the people in them.
PAY = {"payAppId": "A", "payAppSecret": "B", "termNo": "term00001", "cardType": "01", "cardNo": "DD0000000"}
TRADE = PAY | {"accountType": "01", "hisCustId": "000239281700", "idNo": "1", "userName": "甲患者"}


def test_every_dictionary_is_whole():
    mine = {one.name: len(one) for one in code_lists() if one.scope == "onetrans"}
    assert mine == COUNTS | VALUES
    assert all(one.source.startswith("OneTrans 接口") for one in code_lists() if one.scope == "onetrans")
    for name, values in SPOTS.items():
        assert {code: code_list(f"onetrans.{name}").label(code) for code in values} == values, name


def test_every_item_of_every_table_is_declared():
    business = [one for one in requests(ONETRANS) if one not in CARDS]
    found = {one.code: (len(one.model_fields) - 1, len(one.reply().model_fields)) for one in business}
    assert found == ITEMS
    assert {name: len(getattr(onetrans, name).model_fields) for name in GROUPS} == GROUPS


def test_the_samples_of_the_specification_are_read():
    Recharge.model_validate(TRADE | {"amount": "0.01", "outChargeNo": "1702283177285398", "origBalance": "10"})
    asked = {"tradeType": "hop.trade.recharge", "isBalance": "1", "idNo": "1", "outTradeNo": "1", "traceNo": "2"}
    QueryTrade.model_validate(PAY | {"accountType": "01"} | asked)
    numbers = {"outChargeNo": "1", "traceNo": "2", "refundType": "hisDecide", "outRefundNo": "3", "withdrawMode": "1"}
    RefundTrade.model_validate(TRADE | {"amount": "0.01"} | numbers)
    extra = {"cardno": "AE", "districtCode": "01", "operatorCode": "ZJJS", "hisExtra": {"eventNo": "D3418469"}}
    charge = ChargeOutpatient.model_validate(
        sample(ChargeOutpatient).model_dump() | {"begntime": "20240417", "endtime": "", "extra": extra}
    )
    assert charge.extra is not None
    assert charge.extra.model_dump()["districtCode"] == "01"
    ReadIdentity.model_validate({"begntime": "20220301", "business_type": "01101", "mdtrt_cert_type": "09"})
    told = {
        "canRrefundAmt": "",
        "refundedAmt": "",
        "refundCount": "",
        "result": "succ",
        "extra": {"resNote": "交易成功"},
    }
    read = QueryTrade.reply().model_validate(told)
    assert (read.result, read.refundedAmt, read.refundCount) == ("succ", None, None)
    person = Identity.model_validate(
        {
            "baseinfo": json.dumps({"psn_no": "1", "age": 18}),
            "insuinfo": {"balc": 5000, "insutype": "310", "insu_admdvs": "131002"},
            "idetinfo": [{"psn_idet_type": "1", "memo": ""}],
            "ehcinfo": "",
        }
    )
    assert (person.baseinfo.age, len(person.ehcinfo)) == (Decimal(18), 0)
    assert (person.insuinfo[0].insuplc_admdvs, person.insuinfo[0].balc) == ("131002", Decimal(5000))


def wrong(kind, **changes):
    """What is said of the request's sample with these changes, by item."""
    content = {**sample(kind, desk="").model_dump(), **changes}
    try:
        kind.model_validate({name: value for name, value in content.items() if value is not None})
    except ValidationError as error:
        return {fault.where: fault.sentence for fault in faults(error, kind)}
    return {}


def test_what_gbk_cannot_say_is_refused_with_a_sentence():
    assert wrong(Recharge, userName="龘龖") == {}
    assert wrong(Recharge, userName="张𠮷") == {
        "userName": "第 2 个字不在 GBK 字库中，动态库无法传送，请改用 GBK 中的字"
    }
    assert wrong(Recharge, userName="患" * 32) == {}
    assert wrong(Recharge, userName="患" * 33) == {"userName": "按 GBK 编码最多 64 字节（一个汉字 2 字节）"}


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        (QueryTrade, {"traceNo": None, "outTradeNo": None}, {"outTradeNo"}),
        (QueryTrade, {"isBalance": "1", "idNo": None}, {"idNo"}),
        (RefundTrade, {"traceNo": None, "outChargeNo": None}, {"outChargeNo"}),
        (RefundTrade, {"amount": "0"}, {"amount"}),
        (RefundTrade, {"amount": "1.001"}, {"amount"}),
        (RefundTrade, {"withdrawMode": "6"}, {"withdrawMode"}),
        (Recharge, {"extra": None}, {"extra"}),
        (Recharge, {"extra": {"ecToken": "T"}}, {"extra.medicalContent"}),
        (Recharge, {"extra": {"x": "𠮷"}, "depositType": None}, {"extra"}),
        (ReadIdentity, {"mdtrt_cert_type": "01", "business_type": None}, {"business_type"}),
        (ReadIdentity, {"mdtrt_cert_type": "01", "treatment_code": None}, {"treatment_code"}),
        (ChargeOutpatient, {"patientType": "01", "psn_no": None}, {"psn_no"}),
        (ChargeOutpatient, {"patientType": "00", "psn_no": None}, set()),
    ],
)
def test_what_depends_on_something_else_is_asked_for(kind, changes, where):
    assert wrong(kind, **changes).keys() == where


#: The documented example, with the part that the list of parts does not have, and shorter forms.
FRONT = (
    "639900|111111190000000000|X00000019|639900D15600000500BF7C7A48FB4966|患者乙|00814E43238697159900BF7C7A|1.00|"
    "20101001|20201001|"
)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (f"1|{FRONT}410100813475|终端设备号|", ("410100813475", "终端设备号")),
        (f"{FRONT}410100813475|终端设备号|", ("410100813475", "终端设备号")),
        (f"{FRONT}410100813475||", ("410100813475", "")),
        (f"{FRONT}410100813475|", ("410100813475", "")),
        (FRONT, ("", "")),
        (FRONT + "\0\0", ("", "")),
    ],
)
def test_a_social_security_card_is_read_with_and_without_terminal(text, ends):
    card = read_social_card(text)
    assert (card.region, card.card_no, card.name, card.valid_until) == ("639900", "X00000019", "患者乙", "20201001")
    assert (card.terminal, card.device) == ends
    assert "患者乙" not in repr(card)


def test_what_is_no_card_is_not_taken_for_one():
    person = read_identity_card("111111190000000000^患者乙^女^汉^19000101^某地^某局^20200101-20400101^UEhPVE8=^")
    assert (person.name, person.sex, person.photo) == ("患者乙", "女", "UEhPVE8=")
    assert read_identity_card("1^甲^女^汉^19000101^某地^某局^长期^").photo == ""
    assert read_code(" 9900112233\r\n") == "9900112233"
    for read, text in (
        (read_social_card, "卡片上电失败"),
        (read_social_card, FRONT.replace("X00000019", "")),
        (read_social_card, FRONT.replace("20101001", "2010")),
        (read_social_card, f"{FRONT}1|2|3|"),
        (read_identity_card, "读卡失败"),
        (read_identity_card, "^甲^女^汉^1^2^3^4^"),
        (read_code, "\0"),
        (read_code, "ab\x01cd"),
    ):
        with pytest.raises(UnreadableCard) as refused:
            read(text)
        assert "患者乙" not in str(refused.value)


def test_a_trade_is_done_only_when_it_says_so():
    known = {code: standing(code) for code, _ in code_list("onetrans.trade_result").choices()}
    assert [code for code, found in known.items() if found == "done"] == ["succ"]
    assert [code for code, found in known.items() if found == "failed"] == ["fail", "closed"]
    assert standing("") == standing("SUCC") == standing("exp") == "unknown"
