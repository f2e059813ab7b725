"""What a message to the library looks like, and what each end of a call proves, in the documented order."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest

from portal.gateway import wire
from portal.gateway.desk import ONETRANS, Station, gbk_faults
from portal.gateway.desk.cards import GetQrBase, ReadCardBas
from portal.gateway.errors import Doubt, NotSent
from settlement.messages.onetrans import QueryTrade, Recharge

STATION = Station("d1", "一号窗口", "http://127.0.0.1:9521", "token", device_no="D1", term_no="T9", dept_name="收费处")
SETTINGS = wire.WireSettings(
    gateway=ONETRANS,
    base_url="http://127.0.0.1:9521",
    app_code="APP1",
    secret_key="app-key",
    user_name="PAY1",
    password="pay-secret",
    medins_code="H44010000001",
    stations={"": Station("", "默认", "http://127.0.0.1:9520"), "0" * 36: STATION},
    next_stamp=lambda _: "202503010830000001",
)
MSGID = "H44010000001202503010830000001"
WHO: dict[str, Any] = {"cardType": "03", "cardNo": "C1", "accountType": "01"}
CHANGE = Recharge(**WHO, outChargeNo="CZ1", hisCustId="P1", userName="甲患者", amount=Decimal("12.30"), desk="0" * 36)
QUERY = QueryTrade(**WHO, tradeType="hop.trade.recharge", outTradeNo="CZ1")


def prepared(request, settings=SETTINGS):
    return wire.prepare(settings, request, wire.new_msgid(settings))


def judged(request, **told):
    told = {"id": MSGID, "state": "returned", **told}
    if isinstance(told.get("out"), str | dict):
        text = told["out"] if isinstance(told["out"], str) else json.dumps(told["out"], ensure_ascii=False)
        told["out"] = base64.b64encode(text.encode("gbk")).decode()
    return wire.judge(prepared(request), json.dumps(told).encode(), started_at=wire.clock())


def test_a_message_has_the_items_of_the_table_and_the_desk_it_comes_from():
    made = prepared(CHANGE)
    call = json.loads(made.body)
    message = json.loads(call["text"])
    assert (made.url, call["id"], call["run"], call["keep"]) == ("http://127.0.0.1:9521/calls", MSGID, 300, True)
    assert list(message) == [
        *("app_id", "app_key", "recer_sys_code", "msgid", "timestamp", "dev_no", "signtype", "enc_type", "dept_codg"),
        *("dept_name", "opter", "opter_name", "opter_type", "trans_type", "data"),
    ]
    assert (message["app_id"], message["msgid"], message["trans_type"]) == ("APP1", MSGID, "hop.trade.recharge")
    assert (message["dev_no"], message["dept_name"], message["dept_codg"]) == ("D1", "收费处", "01")
    data = message["data"]
    assert (data["payAppId"], data["payAppSecret"], data["termNo"], data["amount"]) == (
        "PAY1",
        "pay-secret",
        "T9",
        "12.30",
    )
    assert "desk" not in data
    assert b"secret" not in made.plain, "what the journal keeps has none"
    assert made.read_timeout == 60 + 300 + 10, "in the queue, in the library, on the way"


def test_cards_travel_with_what_initialises_them():
    call = json.loads(prepared(GetQrBase(timeout=20)).body)
    assert (call["function"], call["arguments"], call["init"]) == ("GetQRBase", {"timeout": 20}, ["", ""])


@pytest.mark.parametrize(
    ("told", "changing", "asking"),
    [
        ({"value": 0, "out": {"code": "000000", "data": {"traceNo": "1", "result": "succ"}}}, "ok", "ok"),
        ({"value": 0, "out": {"code": "000000", "data": '{"traceNo":"1","result":"succ"}'}}, "ok", "ok"),
        ({"value": 0, "out": {"code": "300005", "err_msg": "超过可退金额"}}, "unknown", "rejected"),
        ({"value": 1, "out": {"code": "000000", "data": {}}}, "unknown", "rejected"),
        ({"value": -1, "out": "网络异常"}, "unknown", "rejected"),
        ({"value": 0, "out": {"data": {}}}, "unknown", "unknown"),
        ({"value": 0, "out": "{"}, "unknown", "unknown"),
        ({"value": 0, "out": ""}, "unknown", "unknown"),
        ({"value": 0, "out": 5}, "unknown", "unknown"),
        ({"state": "unknown", "reason": "hang"}, "unknown", "unknown"),
        ({"state": "not_called", "reason": "busy", "sentence": "600001"}, "not_sent", "not_sent"),
        ({"state": "none"}, "unknown", "unknown"),
        ({"id": "another", "state": "not_called"}, "unknown", "unknown"),
        ({"state": "not_kept"}, "unknown", "unknown"),
    ],
)
def test_each_end_is_judged_in_order(told, changing, asking):
    assert judged(CHANGE, **told).outcome == changing
    assert judged(QUERY, **told).outcome == asking


def test_what_is_not_gbk_proves_nothing():
    garbage = base64.b64encode(b'{"code":"000000","data":{"a":"\xff\xff"}}').decode()
    body = json.dumps({"id": MSGID, "state": "returned", "value": 0, "out": garbage}).encode()
    found = wire.judge(prepared(CHANGE), body, started_at=wire.clock())
    assert (found.outcome, found.reason) == ("unknown", Doubt.SHAPE)


def test_a_card_says_in_its_own_words_why_it_was_not_read():
    assert judged(ReadCardBas(), value=0, out="639900|张三|").require().text == "639900|张三|"
    refused = judged(ReadCardBas(), value=-3, out="卡片上电失败")
    assert refused.outcome == "rejected"
    assert "卡片上电失败" in refused.sentence


def test_what_the_library_cannot_be_given_is_refused_with_a_sentence_before_anything_is_sent():
    strange = CHANGE.model_copy(update={"userName": "王𠮷"})
    assert gbk_faults(strange) == {"患者姓名": "患者姓名：“𠮷”（U+20BB7）不在 GBK 字符集中，动态库无法传送"}
    with pytest.raises(NotSent, match=r"𠮷.*没有发出"):
        prepared(strange)
    wide = CHANGE.model_copy(update={"notes": "备" * 129})
    assert gbk_faults(wide) == {"备注信息": "备注信息：最多 256 个字节（汉字占两个），现有 258 个"}
    assert not gbk_faults(CHANGE.model_copy(update={"notes": "备" * 128}))
    with pytest.raises(NotSent, match="没有登记这个终端"):
        prepared(CHANGE.model_copy(update={"desk": "1" * 36}))
