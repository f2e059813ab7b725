"""The desk's library behind its C signature: money, identity, settling window, and what a library does wrong."""

import ctypes
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from portal.gateway.sandbox.library import FUNCTIONS, compile_library
from settlement.messages.onetrans import (
    AuthorizeHealthCard,
    CancelCharge,
    ChargeOutpatient,
    DecodeIdentity,
    QueryAuthorization,
    QueryTrade,
    ReadIdentity,
    Recharge,
    RefundTrade,
)
from settlement.rules.cards import read_code, read_identity_card, read_social_card
from tests.sandbox.onetrans_desk import PAY, Desk


@pytest.fixture
def desk(sandbox):
    return Desk(sandbox)


def recharge(number, amount="100.00", **more):
    content = PAY | {"accountType": "01", "hisCustId": "P1", "userName": "甲患者", "amount": Decimal(amount)}
    return Recharge(outChargeNo=number, **(content | more))


def refund(number, of, amount="30.00", **more):
    content = PAY | {"accountType": "01", "hisCustId": "P1", "userName": "甲患者", "amount": Decimal(amount)}
    ways = {"withdrawMode": "1", "refundType": "hisDecide", "outChargeNo": of}
    return RefundTrade(outRefundNo=number, **(content | ways | more))


def query(number, kind="hop.trade.recharge", **more):
    return QueryTrade(**PAY, accountType="01", tradeType=kind, outTradeNo=number, **more)


def test_money_goes_in_and_back_once_whatever_is_repeated(desk):
    paid = desk.require(recharge("R1"))
    assert desk.require(recharge("R1")).traceNo == paid.traceNo
    assert desk.ask(recharge("R1", "99.00"))["code"] == "300006"
    desk.require(refund("F1", "R1"))
    desk.require(refund("F1", "R1"))
    told = desk.require(query("F1", "hop.trade.refund", isRefund="1"))
    assert (told.result, told.refundedAmt) == ("succ", 30)
    assert desk.ask(refund("F2", "R1", "70.01"))["code"] == "300005"
    assert desk.ask(refund("F3", "R9"))["code"] == "300003"
    told = desk.require(query("R1", isBalance="1", idNo="9902"))
    assert (told.refundedAmt, told.canRrefundAmt, told.balance, told.refundCount) == (30, 70, 70, 1)
    assert desk.require(query("R7")).result == "notfound"
    truth = desk.truth()
    assert {code: (one["count"], one["duplicates"]) for code, one in truth["totals"].items()} == {
        "hop.trade.recharge": (1, 0),
        "hop.trade.refund": (1, 0),
    }
    assert desk.state()["accounts"] == {"P1/01": "70.00"}
    assert truth["effects"][0]["nonce"] in desk.state()["messages"]


def test_a_platform_may_let_repetitions_through_or_take_its_time(desk):
    desk.register(duplicates="accept")
    desk.require(recharge("R1"))
    desk.require(refund("F1", "R1"))
    desk.require(refund("F1", "R1"))
    assert desk.truth()["totals"]["hop.trade.refund"]["duplicates"] == 1
    assert desk.state()["accounts"] == {"P1/01": "40.00"}
    desk.register(refund="fails_once")
    assert desk.require(refund("F2", "R1", "5.00")).result == "fail"
    assert desk.require(refund("F2", "R1", "5.00")).result == "succ"
    desk.register(refund="waits", ing_queries=2)
    assert desk.require(refund("F3", "R1", "5.00")).result == "ing"
    results = [desk.require(query("F3", "hop.trade.refund")).result for _ in range(2)]
    assert results == ["ing", "succ"]
    desk.register(cashier="waits")
    assert desk.ask(recharge("R2"))["code"] == "300002"
    assert desk.require(query("R2")).result == "ing"
    desk.act("pay", outTradeNo="R2")
    assert desk.require(query("R2")).result == "succ"
    desk.register(cashier="cancels")
    assert desk.ask(recharge("R3"))["code"] == "300001"
    assert desk.require(query("R3")).result == "closed"
    assert desk.state()["accounts"] == {"P1/01": "130.00"}


def test_whoever_stands_at_the_desk_is_read_by_card_and_by_code(desk):
    known = desk.act("people", kind="employee", limit=1)["people"][0]
    desk.act("card", psn_no=known["psn_no"], kind="social")
    read = desk.require(ReadIdentity(mdtrt_cert_type="03"))
    assert (read.baseinfo.psn_no, read.card_no, read.mdtrt_cert_type) == (known["psn_no"], known["card_no"], "03")
    assert read.insuinfo[0].balc == Decimal(known["insurances"][0]["balance"])
    assert desk.ask(ReadIdentity(mdtrt_cert_type="02"))["code"] == "200002"
    value, text, sign = desk.card("ReadCardBas")
    card = read_social_card(text)
    assert (value, card.id_no, card.name, card.device) == (0, known["certno"], known["psn_name"], "")
    assert sign.startswith("SIGN")
    assert desk.card("ReadSFZ")[:2] == (-4, "没有找到身份证")
    assert desk.card("ChangePIN")[0] == 0
    desk.act("card", pin="wrong")
    assert desk.card("VerifyPIN")[:2] == (-5, "密码错误")
    desk.act("card", kind="identity")
    assert read_identity_card(desk.card("ReadSFZ")[1]).id_no == known["certno"]
    desk.act("card", kind="code")
    assert read_code(desk.card("GetQRBase")[1]) != read_code(desk.card("GetQRBase")[1])
    ours: dict[str, Any] = {"out_verify_time": "20250212093000", "treatment_code": "0101051"}
    where: dict[str, Any] = {"ehc_app_id": "E1", "ehc_app_secret": "S", "term_id": "T1"}
    assert desk.require(DecodeIdentity(business_type="01301", **where, **ours)).ecToken
    desk.act("card", kind="health")
    assert desk.require(ReadIdentity(mdtrt_cert_type="09", business_type="01301")).ehcinfo[0].id_no == known["certno"]
    desk.act("card", kind="")
    assert desk.ask(ReadIdentity(mdtrt_cert_type="09", business_type="01301"))["code"] == "200001"
    asked: dict[str, Any] = {"out_authorize_no": "A1", **where}
    times: dict[str, Any] = {"out_authorize_time": "20250212093000", "treatment_code": "0101051"}
    assert desk.require(AuthorizeHealthCard(**asked, **times)).ehealth_authurl
    states = [desk.require(QueryAuthorization(**asked)) for _ in range(2)]
    assert [one.auth_status for one in states] == ["ing", "succ"]
    assert (states[0].id_no, states[1].id_no) == ("", known["certno"])


def test_the_settling_window_settles_and_takes_back(desk):
    known = desk.act("people", kind="employee", limit=1)["people"][0]
    before = Decimal(known["insurances"][0]["balance"])
    desk.act("bill", certno=known["certno"], total="250.00")
    place: dict[str, Any] = {
        "fixmedins_code": "H44010000001",
        "fixmedins_name": "样例医院",
        "mdtrtarea_admvs": "440100",
    }
    person: dict[str, Any] = {"psn_no": known["psn_no"], "insuplc_admdvs": known["insurances"][0]["insuplc_admdvs"]}
    charged = desk.require(
        ChargeOutpatient(
            termNo="T1",
            certno=known["certno"],
            patientType="01",
            cardno=known["card_no"],
            mdtrt_id="V1",
            insutype="310",
            account_type="01",
            psn_cert_type="01",
            psn_name=known["psn_name"],
            **person,
            **place,
        )
    )
    number = charged.orderList[0]
    made = desk.state()["charges"][number]
    account = min(before, Decimal(100))
    assert (made["total"], made["fund"], Decimal(made["account"])) == ("250.00", "150.00", account)
    undoing = CancelCharge(mdtrt_id="V1", setl_id=number, **person, **place)
    info = desk.require(undoing).setlinfo
    assert (info.medfee_sumamt, info.fund_pay_sumamt, info.balc) == (-250, -150, before)
    assert desk.ask(undoing)["code"] == "400002"
    totals = desk.truth()["totals"]
    assert totals["fsi.outpatient.charge"]["live"] == 0


def test_the_envelope_is_looked_at_before_the_business(desk):
    ask = ReadIdentity(mdtrt_cert_type="03")
    codes: dict[str, dict[str, Any]] = {
        "100002": {"opter": ""},
        "100003": {"app_id": "X"},
        "100004": {"app_key": "X"},
        "100005": {"trans_type": "hos.user.put"},
        "100007": {"data": {"mdtrt_cert_type": "77"}},
    }
    assert {code: desk.ask(ask, **changes)["code"] for code, changes in codes.items()} == {one: one for one in codes}
    twice = desk.message(ask)
    assert b'"000000"' in desk.call(twice)[1]
    assert b'"100006"' in desk.call(twice)[1]
    assert b'"100001"' in desk.call(b"\xff{")[1]
    assert desk.call(b"x" * 8192)[0] == -2
    sample_names: dict[str, Any] = {"app_id": None, "app_key": None, "appId": desk.party, "appKey": desk.key}
    as_text = '{"mdtrt_cert_type":"03"}'
    assert isinstance(desk.ask(ask, data=as_text, **sample_names)["data"], str)


def test_a_library_does_wrong_what_libraries_do(desk, sandbox):
    ask = ReadIdentity(mdtrt_cert_type="03")
    found = {}
    for kind in ("busy", "overflow", "garbage", "html", "truncate", "reset", "drop_request", "drop_response"):
        sandbox.switch_on(kind, count=1, party=desk.party)
        value, out = desk.call(desk.message(ask))
        found[kind] = (value, len(out), out[:20])
    assert b"600001" in found["busy"][2]
    sandbox.switch_on("busy", count=1)
    message = desk.message(ask)
    assert [b'"code":"000000"' in desk.call(message)[1] for _ in range(2)] == [False, True], (
        "not passed on: it may come again"
    )
    assert found["overflow"][:2] == (0, 9000)
    assert found["reset"] == (0, 0, b"")
    assert found["drop_request"] == found["drop_response"] == (-1, 0, b"")
    assert found["garbage"][2].startswith(b"\xff")
    assert found["html"][2].startswith(b"<!DOCTYPE")
    sandbox.switch_on("drop_response", count=1, codes=["hop.trade.recharge"])
    assert desk.call(desk.message(recharge("R1"))) == (-1, b"")
    sandbox.switch_on("drop_request", count=1, codes=["hop.trade.recharge"])
    assert desk.call(desk.message(recharge("R2"))) == (-1, b"")
    assert [one["business_key"] for one in desk.truth()["effects"]] == ["R1"]
    sandbox.switch_on("slow", seconds=0.3, count=1)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(desk.call, [desk.message(ask), desk.message(ask)]))
    assert sorted(b"600001" in out for _, out in answers) == [False, True], "one at a time, or 600001"


@pytest.mark.skipif(not shutil.which("cc") and not shutil.which("gcc"), reason="no C compiler")
def test_the_compiled_library_says_the_same(desk, sandbox, tmp_path, monkeypatch):
    path = compile_library(tmp_path)
    monkeypatch.setenv("ONETRANS_SANDBOX", sandbox.host)
    monkeypatch.setenv("ONETRANS_PARTY", desk.party)
    compiled = ctypes.CDLL(str(path))
    for name, (result, arguments) in FUNCTIONS.items():
        getattr(compiled, name).restype, getattr(compiled, name).argtypes = result, arguments
    other = Desk(sandbox, library=compiled)
    ask = ReadIdentity(mdtrt_cert_type="03")
    assert other.require(ask) == desk.require(ask)
    assert other.card("ReadCardBas") == desk.card("ReadCardBas")
    assert compiled.Init(b"http://x", b"440100") == 0
    sandbox.switch_on("overflow", count=1)
    assert len(other.call(other.message(ask))[1]) == 9000
    sandbox.switch_on("crash", count=1)
    program = (
        f"import ctypes; ctypes.CDLL({str(path)!r}).OneTrans({other.message(ask)!r}, ctypes.create_string_buffer(9))"
    )
    ended = subprocess.run([sys.executable, "-S", "-c", program], env=os.environ, check=False, capture_output=True)
    assert ended.returncode == -6
