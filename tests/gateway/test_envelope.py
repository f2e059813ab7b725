"""The envelope of the clearing gateway, from both sides and with other people's tools."""

import dataclasses
import itertools
import json
import subprocess
from datetime import timedelta

import pytest

from portal.gateway.crypto import WrongIv
from portal.gateway.errors import Doubt, Unknown
from portal.gateway.seals.sm_envelope import app_code_of
from portal.gateway.seals.switches import LABELS, EnvelopeSwitches
from tests.gateway.envelopes import IV, NONCE, NOW, Ends
from tests.gateway.openssl import OpenSSL

DATA = b'{"year":"2025","aka080":"001"}'
REPLY = '{"count":3,"name":"样例医院"}'.encode()


@pytest.fixture(scope="module")
def ends() -> Ends:
    return Ends()


def request(ends: Ends) -> bytes:
    return ends.hospital.close_request("APP-1", "generateClearing", DATA, nonce=NONCE, now=NOW)


def reply(ends: Ends, data: bytes | None = REPLY, code: str = "0") -> bytes:
    return ends.centre.close_reply(code, "处理成功", data, nonce=NONCE, now=NOW)


def altered(body: bytes, **members: object) -> bytes:
    return json.dumps(json.loads(body) | members, ensure_ascii=False).encode()


def test_it_has_the_members_of_the_design(ends):
    members = json.loads(request(ends))
    assert list(members) == [
        *("appCode", "version", "timestamp", "nonce", "transType"),
        *("encType", "signType", "encKey", "encData", "signData"),
    ]
    assert members["appCode"] == "APP-1"
    assert members["version"] == "1.0.0"
    assert members["timestamp"] == "1739323800000"
    assert members["nonce"] == NONCE
    assert members["transType"] == "generateClearing"
    assert (members["encType"], members["signType"]) == ("SM4", "SM2")
    # 32 characters of key text: C1 64 + C3 32 + C2 32 bytes, without 04
    assert len(members["encKey"]) == 2 * 128
    assert len(members["signData"]) == 128
    assert members["encKey"] + members["encData"] == (members["encKey"] + members["encData"]).lower()


def test_the_openssl_command_can_open_it(ends, tmp_path):
    members = json.loads(request(ends))
    centre, hospital = tmp_path / "centre", tmp_path / "hospital"
    centre.mkdir()
    hospital.mkdir()
    key = OpenSSL(centre, *ends.centre_keys).decrypt(bytes.fromhex(members["encKey"])).decode()
    opened = subprocess.run(
        ["openssl", "enc", "-d", "-sm4-cbc", "-K", key, "-iv", IV.encode().hex()],
        input=bytes.fromhex(members["encData"]),
        capture_output=True,
        check=True,
    )
    assert opened.stdout == DATA
    text = "&".join(f"{k}={members[k]}" for k in sorted(members) if k != "signData")
    assert text.startswith("appCode=APP-1&encData=")
    r, s = members["signData"][:64], members["signData"][64:]
    numbers = [int(one, 16) for one in (r, s)]
    integers = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers]  # as short as may be
    encoded = b"".join(b"\x02" + bytes([len(one)]) + one for one in integers)
    der = b"\x30" + bytes([len(encoded)]) + encoded
    assert OpenSSL(hospital, *ends.hospital_keys).verify(der, text.encode())


VALUES = {
    "order": ("C1C3C2", "C1C2C3"),
    "key_form": ("text", "raw"),
    "signed_data": ("cipher", "plain"),
    "signature_form": ("raw", "der"),
    "signature_text": ("hex", "base64"),
    "point_prefix": (False, True),
}
SETTINGS = [dict(zip(VALUES, one, strict=True)) for one in itertools.product(*VALUES.values())]


@pytest.mark.parametrize("chosen", SETTINGS, ids=lambda chosen: "-".join(str(value) for value in chosen.values()))
def test_every_combination_of_switches_works_both_ways(chosen):
    ends = Ends(EnvelopeSwitches.read({**chosen, "user_id": "site-9"}))
    opened = ends.centre.open_request(request(ends), now=NOW)
    assert (opened.app_code, opened.trans_type, opened.nonce, opened.data) == (
        *("APP-1", "generateClearing", NONCE),
        DATA,
    )
    answer = ends.hospital.open_reply(reply(ends), nonce=NONCE, now=NOW)
    assert (answer.code, answer.message, answer.data) == ("0", "处理成功", REPLY)


def test_a_switch_set_differently_on_the_other_side_is_noticed(ends):
    for chosen in ({"order": "C1C2C3"}, {"key_form": "raw"}, {"signature_form": "der"}, {"user_id": "other"}):
        others = dataclasses.replace(ends, switches=EnvelopeSwitches.read(chosen))
        with pytest.raises(Unknown):
            others.centre.open_request(request(ends), now=NOW)


def test_it_opens_keys_with_and_without_the_prefix_whatever_its_own_switch(ends):
    prefixed = dataclasses.replace(ends, switches=EnvelopeSwitches(point_prefix=True))
    assert ends.centre.open_request(request(prefixed), now=NOW).data == DATA
    assert prefixed.centre.open_request(request(ends), now=NOW).data == DATA


def test_a_reply_may_bring_no_data(ends):
    answer = ends.hospital.open_reply(reply(ends, None, "2003"), nonce=NONCE, now=NOW)
    assert (answer.code, answer.data) == ("2003", None)


def test_a_reply_may_bring_its_code_as_a_number(ends):
    members = json.loads(reply(ends)) | {"code": 0}
    text = ends.centre._signed_text(members, None)
    body = altered(json.dumps(members).encode(), signData=ends.centre.own.sign(text).hex())
    assert ends.hospital.open_reply(body, nonce=NONCE, now=NOW).code == "0"


@pytest.mark.parametrize(
    "member", ["code", "message", "timestamp", "nonce", "encType", "signType", "encKey", "encData", "signData"]
)
def test_it_refuses_a_reply_with_any_member_changed(ends, member):
    body = reply(ends)
    value = json.loads(body)[member]
    changed = ("1" if value[0] != "1" else "2") + value[1:]
    with pytest.raises(Unknown) as doubt:
        ends.hospital.open_reply(altered(body, **{member: changed}), nonce=NONCE, now=NOW)
    assert doubt.value.reason is Doubt.SIGNATURE
    assert doubt.value.evidence


def test_it_refuses_a_reply_with_a_member_added_or_removed(ends):
    body = reply(ends)
    without = {k: v for k, v in json.loads(body).items() if k != "message"}
    for changed in (altered(body, extra="1"), json.dumps(without).encode()):
        with pytest.raises(Unknown) as doubt:
            ends.hospital.open_reply(changed, nonce=NONCE, now=NOW)
        assert doubt.value.reason is Doubt.SIGNATURE


def test_it_refuses_the_reply_to_another_request(ends):
    with pytest.raises(Unknown) as doubt:
        ends.hospital.open_reply(reply(ends), nonce="f" * 32, now=NOW)
    assert doubt.value.reason is Doubt.NONCE


@pytest.mark.parametrize(("minutes", "accepted"), [(-11, False), (-9.99, True), (0, True), (9.99, True), (11, False)])
def test_it_refuses_a_reply_more_than_ten_minutes_off(ends, minutes, accepted):
    at = NOW + timedelta(minutes=minutes)
    if accepted:
        assert ends.hospital.open_reply(reply(ends), nonce=NONCE, now=at)
        return
    with pytest.raises(Unknown, match="相差 660 秒") as doubt:
        ends.hospital.open_reply(reply(ends), nonce=NONCE, now=at)
    assert doubt.value.reason is Doubt.TIMESTAMP


def test_it_refuses_a_reply_signed_by_somebody_else(ends):
    impostor = dataclasses.replace(ends, centre_keys=Ends().centre_keys)
    with pytest.raises(Unknown) as doubt:
        ends.hospital.open_reply(reply(impostor), nonce=NONCE, now=NOW)
    assert doubt.value.reason is Doubt.SIGNATURE


def test_it_refuses_a_reply_encrypted_for_somebody_else(ends):
    for_another = dataclasses.replace(ends, hospital_keys=Ends().hospital_keys)
    with pytest.raises(Unknown) as doubt:
        ends.hospital.open_reply(reply(for_another), nonce=NONCE, now=NOW)
    assert doubt.value.reason is Doubt.DECRYPTION


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"<html></html>", b'{"signData":{}}', b'{"signData":"zz"}'])
def test_it_refuses_what_is_no_envelope(ends, body):
    with pytest.raises(Unknown):
        ends.hospital.open_reply(body, nonce=NONCE, now=NOW)
    with pytest.raises(Unknown):
        ends.centre.open_request(body, now=NOW)


def test_a_request_too_old_is_refused_by_the_centre(ends):
    with pytest.raises(Unknown):
        ends.centre.open_request(request(ends), now=NOW + timedelta(minutes=11))


def test_the_centre_can_see_whose_keys_it_needs(ends):
    assert app_code_of(request(ends)) == "APP-1"


def test_every_message_has_a_key_of_its_own(ends):
    assert json.loads(request(ends))["encData"] != json.loads(request(ends))["encData"]


def test_a_nonce_must_be_32_hexadecimal_digits(ends):
    with pytest.raises(ValueError, match="nonce"):
        ends.hospital.close_request("APP-1", "x", DATA, nonce="short", now=NOW)


def test_a_vector_of_the_wrong_length_never_reaches_the_cipher(ends):
    with pytest.raises(WrongIv):
        dataclasses.replace(ends.hospital, iv=b"short").close_request("A", "x", DATA, nonce=NONCE, now=NOW)


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ({"odd": 1}, "没有名为 odd 的开关"),
        ({"order": "C3C2C1"}, "SM2 密文顺序"),
        ({"point_prefix": 1}, "SM2 密文带 04"),
        ({"tolerance": "600"}, "允许的时间差"),
        ({"tolerance": True}, "允许的时间差"),
        ({"tolerance": 0}, "时间差应在"),
        ({"path": "api"}, "接口路径应以 / 开头"),
        ({"user_id": ""}, "用户标识不能为空"),
    ],
)
def test_it_refuses_a_switch_that_cannot_be(stored, sentence):
    with pytest.raises(ValueError, match=sentence):
        EnvelopeSwitches.read(stored)


def test_every_switch_has_a_label_and_a_default():
    assert [name for name, *_ in EnvelopeSwitches.choices()] == list(LABELS)
    for name, _, allowed, default in EnvelopeSwitches.choices():
        assert not allowed or default in allowed, name
