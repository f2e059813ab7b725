"""Golden bytes, one file per wire family: a change here means that other people's software must change too.

Everything that is drawn at random is fixed. Write a file again with
`python -m tests.contracts.test_wire`, and read the difference before committing it.
"""

import base64
import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from clearing.messages import CLEARING, ConfirmCrossRegion, GenerateClearing
from injury.messages import INJURY, FindTreatments, UploadMaterial
from portal.gateway.codecs import JsonCodec
from portal.gateway.crypto import SM2, iv
from portal.gateway.desk import ONETRANS
from portal.gateway.desk.cards import ReadCardBas
from portal.gateway.messages import Request, gateways, requests, sample, wire_form
from portal.gateway.national import NATIONAL
from portal.gateway.national.shapes import TableRequest
from portal.gateway.seals import aes
from portal.gateway.seals.sm_envelope import SmEnvelope
from portal.gateway.wire import Outcome, WireSettings, judge, new_msgid, prepare, wire
from settlement.messages.onetrans import RefundTrade

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2025, 2, 12, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NONCE = "0123456789abcdef0123456789abcdef"
KEY = bytes(range(16))
# GB/T 32918.5 prints the first pair and this k; the second pair is as public.
HOSPITAL = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
CENTRE = "1" * 64
K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21


def public(private: str) -> str:
    return SM2(private_key=private).public_key


def fixed() -> Any:
    """The message key and every k are known."""
    return patch.multiple(secrets, token_bytes=lambda size: KEY[:size], randbelow=lambda limit: K - 1)


def sm_envelope() -> dict[str, str]:
    settings = WireSettings(
        gateway=CLEARING,
        base_url="http://127.0.0.1:9",
        app_code="APP-1",
        provider_public_key=public(CENTRE),
        private_key=HOSPITAL,
        public_key=public(HOSPITAL),
        iv="3425032093234524",
    )
    centre = SmEnvelope(own=SM2(private_key=CENTRE), peer=SM2(public_key=public(HOSPITAL)), iv=iv("3425032093234524"))
    with fixed():
        prepared = prepare(settings, GenerateClearing(year="2025", aka080="001"), NONCE, now=lambda: NOW)
        data = b'{"batch_no":"B2025001","count":12}'
        reply = centre.close_reply("0", "处理成功", data, nonce=NONCE, now=NOW)
    assert judge(prepared, reply, started_at=NOW, now=lambda: NOW).outcome is Outcome.OK
    assert centre.open_request(prepared.body, now=NOW).data == prepared.plain
    return {"url": prepared.url, "request": prepared.body.decode(), "reply": reply.decode()}


def national() -> dict[str, Any]:
    settings = WireSettings(
        gateway=NATIONAL,
        base_url="http://127.0.0.1:9/account",
        app_code="ACCOUNT-1",
        secret_key="testsecret",
        medins_code="H44010000001",
        medins_name="样例医院",
        region="440100",
        next_stamp=lambda sender: f"{NOW:%Y%m%d%H%M%S}0007",
    )
    msgid = new_msgid(settings, now=lambda: NOW)
    request = ConfirmCrossRegion.of("2025", "01", sample(ConfirmCrossRegion).detail)
    with patch.object(secrets, "token_hex", lambda size: NONCE):
        prepared = prepare(settings, request, msgid, now=lambda: NOW)
    reply = b'{"infcode":0,"inf_refmsgid":"440100202502120930000000000001","err_msg":"","output":null}'
    assert judge(prepared, reply, started_at=NOW, now=lambda: NOW).outcome is Outcome.OK
    return {"url": prepared.url, "headers": dict(prepared.headers), "request": prepared.body.decode()}


def aes_session() -> dict[str, Any]:
    """Signing in, a call with a key of each length, its replies in every form, and a form with a file."""
    kind, found = wire("aes-session"), {}
    for size in (16, 24, 32):
        settings = WireSettings(
            gateway=INJURY,
            base_url="http://127.0.0.1:9/nm-his",
            user_name="user1",
            password="Pass-1",
            secret_key="0123456789abcdef0123456789abcdef"[:size],
            session="8280",
        )
        prepared = prepare(settings, FindTreatments(alca02="2012282"), NONCE, now=lambda: NOW)
        plain = b'{"code":0,"msg":"","lkb7s":{"lkb7":[]}}'
        sealed = aes.close(plain, settings.secret_key.encode())
        for reply in (plain, sealed.encode(), f'"{sealed}"'.encode()):
            assert judge(prepared, reply, started_at=NOW, now=lambda: NOW).outcome is Outcome.OK
        found[f"{size}"] = _sent(prepared) | {"reply": sealed}
    login = prepare(settings, kind.sign_in(settings), NONCE, now=lambda: NOW)
    file = prepare(settings, sample(UploadMaterial), NONCE, now=lambda: NOW)
    return {**found, "login": _sent(login), "file": _sent(file)}


def _sent(prepared: Any) -> dict[str, Any]:
    headers = dict(prepared.headers)
    return {"url": prepared.url, "headers": headers, "plain": prepared.plain.decode(), "body": prepared.body.decode()}


def desk() -> dict[str, Any]:
    """A business call and one of the card reader's, as the bridge gets them."""
    settings = WireSettings(
        gateway=ONETRANS,
        base_url="http://127.0.0.1:9",
        private_key="token-of-the-bridge-0001",
        app_code="APP-1",
        secret_key="app-key",
        user_name="PAY-1",
        password="pay-secret",
        medins_code="H44010000001",
        next_stamp=lambda sender: f"{NOW:%Y%m%d%H%M%S}0007",
    )
    found: dict[str, Any] = {}
    asked: dict[str, Request[Any]] = {
        "business": sample(RefundTrade, desk="", userName="甲患者"),
        "card": ReadCardBas(),
    }
    for name, request in asked.items():
        prepared = prepare(settings, request, new_msgid(settings, now=lambda: NOW), now=lambda: NOW)
        said = '{"code":"000000","data":{"result":"succ","outRefundNo":"样例01"},"err_msg":"成功"}'.encode("gbk")
        told = {"id": prepared.msgid, "state": "returned", "value": 0, "out": base64.b64encode(said).decode()}
        reply = json.dumps(told).encode()
        assert judge(prepared, reply, started_at=NOW, now=lambda: NOW).outcome is Outcome.OK
        found[name] = _sent(prepared) | {"reply": reply.decode()}
    return found


def aes_base64() -> dict[str, str]:
    plain = JsonCodec().pack({"akc190": "Z0001", "aae240": "样例"})
    return {"plain": plain.decode(), "sealed": aes.close(plain, b"0123456789abcdef")}


def plain_forms(gateway: str) -> dict[str, str]:
    codec = JsonCodec()
    forms = {}
    for kind in requests(gateway):
        forms[kind.code] = codec.pack(wire_form(sample(kind))).decode()
        if issubclass(kind, TableRequest):
            continue  # what we read is lenient: its form binds nobody
        forms[f"{kind.code}.reply"] = codec.pack(wire_form(sample(kind.reply()))).decode()
    return forms


FAMILIES: dict[str, Any] = {
    "sm-envelope": sm_envelope,
    "aes-base64": aes_base64,
    "clearing-messages": lambda: plain_forms("clearing"),
    "national": national,
    "national-messages": lambda: plain_forms("national"),
    "aes-session": aes_session,
    "injury-messages": lambda: plain_forms("injury"),
    "desk": desk,
    "onetrans-messages": lambda: plain_forms("onetrans"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bytes_are_those_of_the_golden_file(family):
    kept = json.loads((GOLDEN / f"{family}.json").read_text(encoding="utf-8"))
    assert FAMILIES[family]() == kept


def test_every_family_and_every_gateway_has_a_golden_file():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FAMILIES)
    for gateway in gateways():
        assert gateway.wire in FAMILIES
        assert f"{gateway.name}-messages" in FAMILIES


if __name__ == "__main__":
    for name, made in FAMILIES.items():
        text = json.dumps(made(), ensure_ascii=False, indent=2) + "\n"
        (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
