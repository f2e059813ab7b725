"""The digital envelope of the clearing gateway, from both sides (design 2.1; keys: clearing manual 4.1).

A message key is drawn anew each time, travels encrypted with SM2 to the receiver, and opens the SM4 ciphertext; the
sender signs everything else. The manual prints no envelope, so what sites may do differently is an `EnvelopeSwitches`.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import SM2, WrongCiphertext, cbc_decrypt, cbc_encrypt
from portal.gateway.crypto.sm2 import from_der, to_der
from portal.gateway.errors import Doubt, Unknown
from portal.gateway.seals.switches import EnvelopeSwitches

ENVELOPE = JsonCodec()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NONCE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class OpenedRequest:
    """A request that passed signature and timestamp; `data` is the plain JSON."""

    app_code: str
    trans_type: str
    nonce: str
    data: bytes


@dataclass(frozen=True)
class OpenedReply:
    """A reply that passed every rule; `data` is the plain JSON, None when the reply brought none."""

    code: str
    message: str
    data: bytes | None


def app_code_of(body: bytes) -> str:
    """Who claims to have sent this request, so that the receiver can find the keys; nothing is verified yet."""
    return str(_members(body).get("appCode", ""))


@dataclass(frozen=True)
class SmEnvelope:
    """One party's way to close and open envelopes: `own` has the private key, `peer` is the other side's public key.

    `now` is an aware datetime everywhere; messages carry it in milliseconds.
    """

    own: SM2
    peer: SM2
    iv: bytes
    switches: EnvelopeSwitches = field(default_factory=EnvelopeSwitches)

    def close_request(self, app_code: str, trans_type: str, data: bytes, *, nonce: str, now: datetime) -> bytes:
        """The body of a request with `data` (plain JSON); `nonce` is 32 lower-case hexadecimal digits."""
        if not NONCE.fullmatch(nonce):
            raise ValueError("a nonce is 32 lower-case hexadecimal digits")
        members = {
            "appCode": app_code,
            "version": "1.0.0",
            "timestamp": _milliseconds(now),
            "nonce": nonce,
            "transType": trans_type,
        }
        return self._close(members, data)

    def open_request(self, body: bytes, *, now: datetime) -> OpenedRequest:
        """What the gateway's side reads. Raises Unknown with the rule that was broken.

        Whether the nonce was used before is for the caller to know.
        """
        members = _members(body)
        data = self._verified(members)
        self._check_time(members, now)
        return OpenedRequest(
            app_code=_text(members, "appCode"),
            trans_type=_text(members, "transType"),
            nonce=_text(members, "nonce"),
            data=(self._decrypted(members) or b"") if data is None else data,
        )

    def close_reply(self, code: str, message: str, data: bytes | None, *, nonce: str, now: datetime) -> bytes:
        """The body of a reply to the request with `nonce`."""
        return self._close({"code": code, "message": message, "timestamp": _milliseconds(now), "nonce": nonce}, data)

    def open_reply(self, body: bytes, *, nonce: str, now: datetime) -> OpenedReply:
        """The reply, if it is authentic, answers this request, is at most ten minutes off and can be decrypted.

        Anything else raises Unknown: the request may have had its effect all the same.
        """
        try:
            members = _members(body)
            data = self._verified(members)
            if not compare_digest(_text(members, "nonce").encode(), nonce.encode()):
                raise Unknown(Doubt.NONCE)
            self._check_time(members, now)
            return OpenedReply(
                code=_text(members, "code"),
                message=_text(members, "message") if members.get("message") is not None else "",
                data=self._decrypted(members) if data is None else data,
            )
        except Unknown as doubt:
            raise Unknown(doubt.reason, doubt.detail, evidence=body) from None

    def _close(self, members: dict[str, str], data: bytes | None) -> bytes:
        members |= {"encType": "SM4", "signType": "SM2", "encKey": "", "encData": ""}
        if data is not None:
            key = secrets.token_bytes(16)
            carried = key.hex().encode() if self.switches.key_form == "text" else key
            wrapped = self.peer.encrypt(carried, order=self.switches.order, prefix=self.switches.point_prefix)
            members["encKey"] = wrapped.hex()
            members["encData"] = cbc_encrypt(key, self.iv, data).hex()
        signature = self.own.sign(self._signed_text(members, data))
        if self.switches.signature_form == "der":
            signature = to_der(signature)
        hexadecimal = self.switches.signature_text == "hex"
        members["signData"] = signature.hex() if hexadecimal else base64.b64encode(signature).decode()
        return ENVELOPE.pack(members)

    def _signed_text(self, members: Mapping[str, object], data: bytes | None) -> bytes:
        """`k=v` sorted by k, joined by &, of every member except signData; members that are null are left out."""
        signed = {k: _as_text(v) for k, v in members.items() if k != "signData" and v is not None}
        if self.switches.signed_data == "plain" and data is not None:
            signed["encData"] = data.decode("utf-8", "surrogateescape")
        return "&".join(f"{k}={signed[k]}" for k in sorted(signed)).encode("utf-8", "surrogateescape")

    def _verified(self, members: Mapping[str, object]) -> bytes | None:
        """Check the signature; the plain data if they had to be decrypted for it."""
        data = self._decrypted(members) if self.switches.signed_data == "plain" else None
        text = _text(members, "signData")
        try:
            hexadecimal = self.switches.signature_text == "hex"
            signature = bytes.fromhex(text) if hexadecimal else base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise Unknown(Doubt.SIGNATURE, "签名不是约定的写法") from None
        if self.switches.signature_form == "der":
            signature = from_der(signature)
        try:
            signed = self._signed_text(members, data)
        except UnicodeEncodeError:
            raise Unknown(Doubt.SIGNATURE, "报文含有无法识别的字符") from None
        if not self.peer.verify(signature, signed):
            raise Unknown(Doubt.SIGNATURE)
        return data

    def _check_time(self, members: Mapping[str, object], now: datetime) -> None:
        text = _text(members, "timestamp")
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise Unknown(Doubt.TIMESTAMP, "时间戳不是毫秒数")
        off = abs(int(text) - int(_milliseconds(now)))
        if off > self.switches.tolerance * 1000:
            raise Unknown(Doubt.TIMESTAMP, f"相差 {off // 1000} 秒，请核对本机时间")

    def _decrypted(self, members: Mapping[str, object]) -> bytes | None:
        if not members.get("encKey") and not members.get("encData"):
            return None
        length = 32 if self.switches.key_form == "text" else 16
        try:
            wrapped = bytes.fromhex(_text(members, "encKey"))
            # Senders differ in writing the 04; the length of the key tells, whatever C1 begins with.
            prefix = len(wrapped) == 1 + 96 + length
            key = self.own.decrypt(wrapped, order=self.switches.order, prefix=prefix)
            if self.switches.key_form == "text":
                key = bytes.fromhex(key.decode("ascii"))
            return cbc_decrypt(key, self.iv, bytes.fromhex(_text(members, "encData")))
        except WrongCiphertext as fault:
            raise Unknown(Doubt.DECRYPTION, str(fault)) from None
        except ValueError:  # not hexadecimal, or a message key of another length
            raise Unknown(Doubt.DECRYPTION, "密钥或密文不是约定的写法") from None


def _members(body: bytes) -> dict[str, object]:
    try:
        return ENVELOPE.unpack(body)
    except Garbled as fault:
        raise Unknown(Doubt.SHAPE, str(fault)) from None


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unknown(Doubt.SHAPE, f"缺少 {name}" if value is None else f"{name} 不是文本")
    return str(value)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise Unknown(Doubt.SHAPE, "信封中有嵌套的内容")
    return str(value)


def _milliseconds(now: datetime) -> str:
    if now.tzinfo is None:
        raise ValueError("now must be aware of its time zone")
    return str((now - EPOCH) // timedelta(milliseconds=1))
