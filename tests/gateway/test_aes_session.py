"""The work-injury wire without a network: what is sent, which replies are believed, what people read (2.2, 4, 5.2)."""

import base64
import json
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from injury.messages import (
    INJURY,
    ApproveFees,
    CheckCard,
    FindTreatments,
    ReadCard,
    UploadMaterial,
    documented_errors,
)
from injury.messages.gateway import CODES
from portal.gateway.errors import Doubt, NotSent
from portal.gateway.messages import sample
from portal.gateway.seals import aes
from portal.gateway.seals.aes_session import AesSessionSwitches
from portal.gateway.wire import Outcome, WireSettings, judge, prepare, wire

NOW = datetime(2025, 2, 12, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = "0123456789abcdef"
SETTINGS = WireSettings(
    gateway=INJURY,
    base_url="http://127.0.0.1:9/nm-his/",
    user_name="user1",
    password="Pass-1",
    secret_key=KEY,
    session="8280",
)
KIND = wire("aes-session")
QUERY = FindTreatments(alca02="2012282")
OK = '{"code":0,"msg":"","lkb7s":{"lkb7":[]}}'


def sent(request=QUERY, **changes):
    switches = AesSessionSwitches(**changes.pop("switches", {}))
    return prepare(replace(SETTINGS, switches=switches, **changes), request, "m" * 32, now=lambda: NOW)


def opened(prepared, key=KEY):
    message = parse_qs(prepared.body.decode())["message"][0]
    return json.loads(aes.open_(message, key.encode()))


def judged(body, request=QUERY, now=NOW, **switches):
    content = body.encode() if isinstance(body, str) else body
    return judge(sent(request, switches=switches), content, started_at=now, now=lambda: now)


# --- what is sent


def test_the_session_travels_in_header_and_body():
    prepared = sent()
    assert opened(prepared) == {"sessionid": "8280", "alca02": "2012282"}
    assert prepared.headers["sessionid"] == "8280"
    assert b"8280" not in prepared.plain
    assert opened(sent(switches={"session_form": "number"}))["sessionid"] == 8280
    assert "sessionid" not in opened(sent(switches={"session_body": False}))
    assert "sessionid" not in sent(switches={"session_header": False}).headers


def test_signing_in_uses_the_key_of_the_day_in_shanghai():
    late = datetime(2025, 2, 12, 16, 30, tzinfo=ZoneInfo("UTC"))
    for now, day in ((NOW, "2025-02-12"), (late, "2025-02-13")):
        prepared = KIND.prepare(SETTINGS, KIND.sign_in(SETTINGS), "m" * 32, now)
        assert opened(prepared, aes.md5_upper(day)) == {
            "username": "user1",
            "password": "EFBDE53A753E38829D9CC8F7A33DCACB",
        }
        assert "sessionid" not in prepared.headers


def test_nothing_is_sent_without_a_session_or_with_one_that_is_no_number():
    for changes in ({"session": ""}, {"session": "abc", "switches": {"session_form": "number"}}):
        with pytest.raises(NotSent):
            sent(**changes)


def test_amounts_are_text_or_numbers():
    request = sample(UploadMaterial)
    assert b'name="invoiceMoney"\r\n\r\n100.25' in sent(request).body
    assert sent(switches={"path": "/a/{method}"}, names={"getCure": "cure"}).url == "http://127.0.0.1:9/nm-his/a/cure"


def test_a_file_is_a_part_of_a_form_and_a_note_in_the_journal():
    content = bytes(range(256)) * 20
    text = base64.urlsafe_b64encode(content).decode()
    prepared = sent(sample(UploadMaterial, file=text, invoiceType="png"))
    assert prepared.url.endswith("/his/pub/interface/upInvoice/saveInvoice.html")
    head = f"Content-Type: {prepared.headers['Content-Type']}\r\n\r\n".encode()
    whole: Any = message_from_bytes(head + prepared.body)
    parts = {one.get_param("name", header="content-disposition"): one for one in whole.get_payload()}
    assert parts["file"].get_payload(decode=True) == content
    assert parts["file"].get_filename() == "file.png"
    assert parts["sessionid"].get_payload() == "8280"
    assert set(parts) == {*UploadMaterial.model_fields, "sessionid"}
    assert len(prepared.plain) < 400
    assert b"5120 bytes sha256" in prepared.plain


@pytest.mark.parametrize(
    "stored",
    [
        {"path": "no-slash/{method}"},
        {"path": "/{method}/{other}"},
        {"path": "/fixed"},
        {"path": "/{method}?a=1"},
        {"session_header": False, "session_body": False},
        {"idle_minutes": 0},
        {"idle_minutes": 119},
        {"replies": "none"},
    ],
)
def test_switches_that_cannot_work_are_refused(stored):
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        AesSessionSwitches.read(stored)


# --- which replies are believed


@pytest.mark.parametrize("code", ["0", '"0"', " 0", "0.0", '" 0 "'])
def test_a_code_may_be_number_or_text(code):
    assert judged(OK.replace(":0,", f":{code},")).outcome is Outcome.OK


def test_plain_and_sealed_replies_are_read():
    sealed = aes.close(OK.encode(), KEY.encode())
    wrapped = "\r\n".join(sealed[n : n + 20] for n in range(0, len(sealed), 20))
    for body in (OK, f"\ufeff{OK}\n", sealed, wrapped, f'"{sealed}"', f" {sealed} "):
        found = judged(body)
        assert (found.outcome, found.raw_reply) == (Outcome.OK, OK.encode()), body
    assert judged(OK, replies="sealed").outcome is Outcome.UNKNOWN
    assert judged(sealed, replies="plain").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", Doubt.SHAPE),
        ("系统繁忙", Doubt.SHAPE),
        ("null", Doubt.DECRYPTION),
        ("{}", Doubt.SHAPE),
        ("[]", Doubt.SHAPE),
        (OK[:-1], Doubt.SHAPE),
        ('{"code":true}', Doubt.SHAPE),
        ('{"code":{}}', Doubt.SHAPE),
        ('{"code":null,"msg":"x"}', Doubt.SHAPE),
        ('{"code":0,"resCode":"51003"}', Doubt.SHAPE),
        ('{"code":0,"code":51003}', Doubt.SHAPE),
        ('{"code":12345678}', Doubt.CODE),
        ('{"code":99999,"msg":""}', Doubt.CODE),
        (aes.close(OK.encode(), b"fedcba9876543210"), Doubt.DECRYPTION),
        (b"\xff\xfe" * 40, Doubt.SHAPE),
    ],
)
def test_anything_else_is_unknown(body, reason):
    found = judged(body)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, reason)
    assert found.raw_reply or not body


def test_card_readers_call_the_code_otherwise():
    found = judged('{"resCode":"0","resMsg":"好","aac003":"","aaz502":"1"}', ReadCard(aaz500="1", aaz501="2"))
    assert found.outcome is Outcome.OK
    assert (found.require().code, found.require().msg, found.require().aaz502) == ("0", "好", "1")
    assert judged('{"resCode":11005}', ReadCard(aaz500="1", aaz501="2")).outcome is Outcome.REJECTED


def test_empty_parts_single_rows_and_additions_are_read():
    reply = '{"code":"0","alc407":399.0,"collections":{"collection":{"aka063":"11","alc407":"399.0000"}},"new":{"a":1}}'
    found = judged(reply, ApproveFees(akc190="1", aaca07="1", rolltype="0")).require()
    assert found.alc407 == found.collections.collection[0].alc407
    assert judged('{"code":0,"lkb7s":""}').require().lkb7s.lkb7 == []
    assert judged('{"code":0,"result":""}', sample(CheckCard)).require().result == ""


# --- what people read


def test_a_refusal_shows_the_gateways_words_the_code_and_the_next_step():
    found = judged('{"code":51003,"msg":"D51003-身份证号不能为空"}')
    assert (found.outcome, found.code) == (Outcome.REJECTED, "51003")
    assert found.sentence == f"D51003-身份证号不能为空（代码 51003）。{found.refusal.next_step}"
    assert "身份证号不能为空（代码 51003）" in judged('{"code":"51003","msg":""}').sentence
    both = judged('{"code":170001}').sentence
    assert both.startswith("入参不能为空；或：申请信息整体不能为空!（代码 170001）")
    doubt = judged('{"code":99999,"msg":""}').sentence
    assert "系统发生异常" in doubt
    assert "代码 99999" in doubt
    assert "请勿重复提交" in doubt


def test_every_documented_code_says_code_text_and_next_step():
    rows = documented_errors(CODES / "errors.json")
    assert len(rows) == 315
    for row in rows[1:]:
        found = judged(json.dumps({"code": int(row.code)}))
        assert found.outcome is (Outcome.REJECTED if row.code in INJURY.refusals else Outcome.UNKNOWN)
        assert f"代码 {row.code}" in found.sentence
        assert row.text.rstrip("。") in found.sentence
        assert len(found.sentence) > len(f"{row.text}（代码 {row.code}）。")


def test_a_session_is_found_whatever_the_code_says():
    assert KIND.session_in(b'{"code":21003,"sessionid":8280}') == "8280"
    for body in (b"", b"[]", b'{"sessionid":0}', b'{"sessionid":"a\\nb"}', '{"sessionid":"编号"}'.encode()):
        assert KIND.session_in(body) == ""


def test_an_identity_number_in_the_gateways_words_is_left_out():
    assert "11010519491231002X" not in judged('{"code":51003,"msg":"110105194912310020 不能为空"}').sentence
    assert "110105194912310020" not in judged('{"code":51003,"msg":"110105194912310020 不能为空"}').sentence
