"""The national interface's wire: what is sent, what is believed, what proves nothing (access guide, tables 2 to 4)."""

import json
import subprocess
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearing.messages.cross_region import (
    BATCH,
    ConfirmCrossRegion,
    ConfirmedRow,
    CrossRegionDetails,
    FetchCrossRegion,
    RollBackCrossRegion,
)
from portal.gateway.errors import Doubt, NotSent
from portal.gateway.messages import Part, gateway, item, sample
from portal.gateway.national import NATIONAL
from portal.gateway.seals import tif
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.wire import Exchange, Outcome, WireSettings, exchange, new_msgid, prepare
from portal.gateway.wire.national_content import filled, names_a_person
from tests.gateway.envelopes import NOW
from tests.gateway.scripted import reply, reset, serving, silence

QUERY = FetchCrossRegion.of("2025", "01")
CHANGE = RollBackCrossRegion.of("2025", "01")
REFMSGID = f"440100{NOW:%Y%m%d%H%M%S}0000000001"


def settings(host: str = "127.0.0.1:9", **changes: Any) -> WireSettings:
    numbers = iter(range(10_000))
    chosen: dict[str, Any] = {
        "gateway": NATIONAL,
        "base_url": f"http://{host}",
        "app_code": "ACCOUNT-1",
        "secret_key": "testsecret",
        "medins_code": "H44010000001",
        "medins_name": "样例医院",
        "region": "440100",
        "allowed_hosts": (host,),
        "connect_timeout": 1,
        "read_timeout": 1,
        "next_stamp": lambda sender: f"{NOW:%Y%m%d%H%M%S}{next(numbers):04d}",
    } | changes
    return WireSettings(**chosen)


def says(answer: Any, request: Any = CHANGE, *, status: str = "200 OK", **changes: Any) -> Exchange[Any]:
    """What comes of a request when the other side answers this."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    with serving(reply(body, status=status)) as server:
        return exchange(settings(server.host, **changes), request, now=lambda: NOW)


def accepted(**more: Any) -> dict[str, Any]:
    return {"infcode": 0, "inf_refmsgid": REFMSGID, "err_msg": "", "output": None} | more


# --- what is sent


def test_the_signature_is_the_printed_example_and_openssls_own():
    text, secret, nonce = "1700000000", "testsecret", "0123456789abcdef0123456789abcdef"
    made = tif.tif_signature(text, secret, nonce)
    assert made == "5be5e6218eb63189204dae9c7eaf9b7f09e82789b72d9260ae27ca951c7147da"
    told = subprocess.run(
        ["openssl", "dgst", "-sha256", "-r"],
        input=f"{text}{secret}{nonce}{text}".encode(),
        capture_output=True,
        check=True,
    )
    assert told.stdout.split()[0].decode() == made


def test_the_hmac_is_the_printed_example():
    headers = {
        "_api_version": "1.0.0",
        "_api_timestamp": "1700000000000",
        "_api_name": "1101",
        "_api_access_key": "AK",
        "_api_signature": "not signed itself",
    }
    assert tif.hmac_signature(headers, "SK") == "b0QXtQYjBkK0ICH00O38VcDdo4U="


def test_the_envelope_has_table_2_in_its_order_and_empty_items_as_text():
    prepared = prepare(settings(), QUERY, new_msgid(settings(), now=lambda: NOW), now=lambda: NOW)
    envelope = json.loads(prepared.body)
    assert list(envelope) == [
        *("infno", "msgid", "mdtrtarea_admvs", "insuplc_admdvs", "recer_sys_code", "dev_no", "dev_safe_info"),
        *("cainfo", "signtype", "infver", "opter_type", "opter", "opter_name", "inf_time", "fixmedins_code"),
        *("fixmedins_name", "sign_no", "input"),
    ]
    assert all(isinstance(value, str) for name, value in envelope.items() if name != "input")
    assert envelope["msgid"] == f"H44010000001{NOW:%Y%m%d%H%M%S}0000"
    assert envelope["inf_time"] == f"{NOW:%Y-%m-%d %H:%M:%S}"
    assert envelope["input"] == {"data": {"trt_year": "2025", "trt_month": "01", "startrow": "1"}}
    assert json.loads(prepared.plain) == envelope["input"]
    assert prepared.headers["x-tif-timestamp"] == str(int(NOW.timestamp()))
    assert "testsecret" not in repr(prepared) + repr(prepared.settings)


def test_an_empty_number_is_0_and_any_other_empty_item_is_no_text():
    class Odd(Part):
        days: int | None = item("天数", default=None)
        note: str | None = item("备注", 10, default=None)
        money: Any = item("金额", default=None)
        COUNT: int = item("次数")

    assert filled(Odd(COUNT=3), "text") == {"days": "0", "note": "", "money": "", "COUNT": "3"}
    assert filled(Odd(COUNT=3), "number")["COUNT"] == 3
    row = sample(ConfirmCrossRegion).detail[0].model_copy(update={"cnfm_flag": None})
    assert filled(row, "text")["cnfm_flag"] == ""


def test_a_person_is_not_named_without_the_place_of_insurance():
    assert names_a_person({"data": [{"psn_no": "1"}]})
    assert not names_a_person({"data": [{"psn_no": ""}], "note": "psn_no"})


def test_a_full_batch_fits_the_longest_input():
    rows = [
        ConfirmedRow(
            certno="9" * 18,
            mdtrt_id="S" * 20,
            mdtrt_setl_time="2025-01-31 23:59:59",
            setl_sn="A" * 30,
            medfee_sumamt=Decimal("99999999999999.99"),
            optins_pay_sumamt=Decimal("99999999999999.99"),
            cnfm_flag="1",
        )
    ] * BATCH
    prepared = prepare(settings(), ConfirmCrossRegion.of("2025", "01", rows), "M" * 30, now=lambda: NOW)
    assert len(prepared.plain.decode()) < 40_000


def test_a_message_id_cannot_be_made_without_institution_or_numbers():
    for own in (settings(medins_code=""), settings(next_stamp=None)):
        with pytest.raises(NotSent):
            new_msgid(own)
        assert exchange(own, QUERY).outcome is Outcome.NOT_SENT


@pytest.mark.parametrize(
    ("switches", "names", "url"),
    [
        ({}, {}, "/3262"),
        ({"path": "/"}, {}, ""),
        ({"path": "/api/{infno}/call"}, {}, "/api/3262/call"),
        ({}, {"3262": "fsi/back"}, "/fsi/back"),
        ({"path": "/one"}, {"3262": "fsi/back"}, "/one"),
    ],
)
def test_the_address_follows_the_switch(switches, names, url):
    own = settings(base_url="http://127.0.0.1:9/account/", switches=NationalSwitches.read(switches), names=names)
    assert prepare(own, CHANGE, "M" * 30).url == f"http://127.0.0.1:9/account{url}"


# --- what is believed


def test_a_success_brings_the_output_and_what_the_envelope_says():
    done = says(accepted(respond_time="20250212093000123"))
    assert done.outcome is Outcome.OK
    assert done.require().inf_refmsgid == REFMSGID
    assert json.loads(done.raw_reply) == {"inf_refmsgid": REFMSGID, "respond_time": "20250212093000123"}


@pytest.mark.parametrize("code", [0, "0", " 0 "])
@pytest.mark.parametrize("shape", [dict, lambda output: json.dumps(output, ensure_ascii=False)])
def test_output_and_infcode_may_be_text_or_not(code, shape):
    page = json.loads(sample(CrossRegionDetails).model_dump_json())
    done = says(accepted(infcode=code, output=shape({"data": page["data"]})), QUERY)
    assert done.require().data == sample(CrossRegionDetails).data


@pytest.mark.parametrize("output", [None, "", {}, {"data": None}, {"data": []}])
def test_nothing_found_is_an_empty_page(output):
    assert says(accepted(output=output), QUERY).require().data == []


@pytest.mark.parametrize("output", ["{", [1], {"data": [{"seqno": 1}]}])
def test_a_success_that_cannot_be_read_is_a_success_still(output):
    assert says(accepted(output=output), QUERY).outcome is Outcome.OK_UNPARSED


@pytest.mark.parametrize(
    ("message", "code", "word"),
    [
        ("缺少服务调用的请求头!", "401.1", "请求头"),
        ("签名时间戳超时!", "401.2", "时间"),
        ("非法用户!", "401.3", "应用编码"),
        ("签名不一致！", "401.4", "secretKey"),
    ],
)
@pytest.mark.parametrize(("name", "status"), [("errcode", "200 OK"), (" errcode ", "401 Unauthorized")])
def test_what_the_gateway_turned_away_was_not_executed(message, code, word, name, status):
    done = says({name: 401, "message": message}, status=status)
    assert (done.outcome, done.code) == (Outcome.REJECTED, code)
    assert word in done.sentence


@pytest.mark.parametrize("answer", [{"errcode": 401, "message": "别的"}, {"errcode": 500, "message": "非法用户!"}])
def test_any_other_fault_of_the_gateway_proves_nothing(answer):
    assert says(answer).reason is Doubt.CODE
    assert says(answer, status="500 Error").outcome is Outcome.UNKNOWN


def test_a_refusal_of_the_business_says_what_the_centre_says_without_the_person():
    # Region 99 was never issued, but the masking does not ask for that.
    done = says(accepted(infcode=-1, err_msg="证件号码 990000199001011234 的结算已确认"))
    assert (done.outcome, done.code) == (Outcome.REJECTED, "-1")
    assert "结算已确认" in done.sentence
    assert "990000199001011234" not in done.sentence + done.message
    assert json.loads(done.raw_reply)["infcode"] == -1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"err_msg": "调用下游服务超时"}, Doubt.CODE),
        ({"err_msg": "系统异常，请稍后重试"}, Doubt.CODE),
        ({"infcode": -2}, Doubt.CODE),
        ({"infcode": 1}, Doubt.CODE),
        ({"infcode": None}, Doubt.SHAPE),
        ({"infcode": True}, Doubt.SHAPE),
        ({"inf_refmsgid": ""}, Doubt.SHAPE),
        ({"inf_refmsgid": "4401002025"}, Doubt.SHAPE),
        ({"inf_refmsgid": "440100" + "99999999999999" + "0" * 10}, Doubt.SHAPE),
        ({"inf_refmsgid": f"440100{NOW - timedelta(hours=1):%Y%m%d%H%M%S}0000000001"}, Doubt.TIMESTAMP),
        ({"msgid": "another"}, Doubt.NONCE),
    ],
)
def test_everything_else_is_unknown(answer, reason):
    done = says(accepted(infcode=-1) | answer)
    assert (done.outcome, done.reason) == (Outcome.UNKNOWN, reason)
    assert done.raw_reply


def test_a_site_with_ids_of_its_own_is_served_by_a_switch():
    own = NationalSwitches.read({"refmsgid": "present"})
    assert says(accepted(inf_refmsgid="X1"), switches=own).require().inf_refmsgid == "X1"
    assert says(accepted(inf_refmsgid=""), switches=own).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("script", [silence, reset, reply(b"<html></html>", kind="text/html"), reply(b"{", length=9)])
def test_silence_resets_and_web_pages_are_unknown(script):
    with serving(script) as server:
        assert exchange(settings(server.host), CHANGE, now=lambda: NOW).outcome is Outcome.UNKNOWN


def test_nothing_is_sent_to_a_closed_port():
    assert exchange(settings("127.0.0.1:1"), CHANGE).outcome is Outcome.NOT_SENT


# --- a host bound to an address


def test_a_bound_host_is_reached_at_its_address_under_its_name():
    with serving(reply(json.dumps(accepted()).encode())) as server:
        name = f"igb.example.invalid:{server.port}"
        own = settings(server.host, base_url=f"http://{name}", host_address="127.0.0.1")
        both = exchange(
            settings(name, host_address="127.0.0.1", allowed_hosts=(name, server.host)), CHANGE, now=lambda: NOW
        )
        assert exchange(own, CHANGE).outcome is Outcome.NOT_SENT, "the name is not on the list"
        only_name = settings(name, host_address="127.0.0.1")
        assert exchange(only_name, CHANGE).outcome is Outcome.NOT_SENT, "the address is not on the list"
        assert server.connections == 1
    assert both.outcome is Outcome.OK
    assert f"Host: {name}".encode() in server.requests[0]


# --- what is wrong with settings


def test_all_faults_are_told_at_once():
    found = settings(
        "x",
        app_code="",
        secret_key="有空格 的",
        medins_code="123",
        medins_name="长" * 21,
        region="44",
        host_address="x",
    ).faults()
    assert found.keys() == {"app_code", "secret_key", "medins_code", "medins_name", "region", "host_address"}
    assert settings().faults() == {}
    signed = settings(app_code="", secret_key="", switches=NationalSwitches.read({"auth": "cainfo"}))
    assert signed.faults().keys() == {"private_key"}


@pytest.mark.parametrize(
    "switches",
    [
        {"path": "x"},
        {"path": "/{other}"},
        {"opter": ""},
        {"opter": "x" * 31},
        {"infver": "V1.0.0.0"},
        {"auth": "basic"},
    ],
)
def test_switches_that_cannot_work_are_refused(switches):
    with pytest.raises(ValueError):
        NationalSwitches.read(switches)


def test_the_gateway_is_declared_once():
    assert gateway("national") is NATIONAL
    assert NATIONAL.refusal("-1", "3261", "已经确认过")
    assert NATIONAL.refusal("-1", "3261", "Connection timed out") is None
