"""The clearing gateway's wire: JSON in the SM envelope, one address for all (clearing manual, appendix A)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from portal.gateway.codecs import JsonCodec
from portal.gateway.crypto import SM2, CryptoFault, check_pair, iv, private_key, public_key
from portal.gateway.messages import Request, wire_form
from portal.gateway.seals.sm_envelope import SmEnvelope
from portal.gateway.seals.switches import EnvelopeSwitches, Switches
from portal.gateway.wire.declared import Setting
from portal.gateway.wire.kinds import Opened, Prepared, R, Wire
from portal.gateway.wire.settings import WireSettings

SUCCESS = "0"


def with_prefix(key: str) -> str:
    """Sites hand out public keys with or without the leading 04; stored is the form with it."""
    text = key.strip().lower()
    return f"04{text}" if len(text) == 128 else text


#: Names as the clearing manual writes them (4.1).
SETTINGS = (
    Setting("app_code", "appCode（调用方标识）", "由医保中心分配的机构唯一标识", size=100),
    Setting("base_url", "API 地址"),
    Setting(
        "provider_public_key",
        "服务提供方 SM2 公钥",
        "由医保中心提供：04 开头的 130 位十六进制字符",
        "key",
        130,
        public_key,
        with_prefix,
    ),
    Setting(
        "public_key",
        "调用方 SM2 公钥",
        "由医保中心分配：04 开头的 130 位十六进制字符，须与私钥是一对",
        "key",
        130,
        public_key,
        with_prefix,
    ),
    Setting(
        "private_key",
        "调用方 SM2 私钥",
        "由医保中心分配：64 位十六进制字符，保存后不再显示",
        "secret",
        64,
        private_key,
    ),
    Setting("iv", "SM4 加密 IV", "由医保中心提供：32 位十六进制字符，或 16 个半角字符", "key", 32, iv),
)
LABELS = {one.name: one.label for one in SETTINGS}


class SmEnvelopeWire(Wire):
    """Codec JSON, seal SM envelope, transport HTTP POST. Code "0" means success."""

    settings: ClassVar[tuple[Setting, ...]] = SETTINGS
    switches: ClassVar[type[Switches]] = EnvelopeSwitches
    proven = "签名和加密都正确"
    names_hint = "本地接口使用其他交易名时填写，每行一个：generateClearing=本地名称"

    def faults(self, settings: WireSettings, wrong: Collection[str]) -> dict[str, str]:
        if {"private_key", "public_key"} & set(wrong):
            return {}
        try:
            check_pair(settings.private_key, settings.public_key, LABELS["private_key"], LABELS["public_key"])
        except CryptoFault as fault:
            return {"public_key": str(fault)}
        return {}

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        kind = type(request)
        plain = JsonCodec(amounts=settings.switches.amounts).pack(wire_form(request))
        body = _seal(settings).close_request(
            settings.app_code, settings.names.get(kind.code, kind.code), plain, nonce=msgid, now=now
        )
        return Prepared(
            settings=settings,
            request=request,
            msgid=msgid,
            url=_address(settings),
            headers={"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"},
            plain=plain,
            body=body,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout or float(kind.patience),
            prepared_at=now,
        )

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        reply = _seal(prepared.settings).open_reply(body, nonce=prepared.msgid, now=now)
        return Opened(reply.code, reply.message, reply.code == SUCCESS, reply.data or b"")

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        return JsonCodec().unpack(data or b"{}")


def _seal(settings: WireSettings) -> SmEnvelope:
    check_pair(settings.private_key, settings.public_key, LABELS["private_key"], LABELS["public_key"])
    provider = public_key(settings.provider_public_key, LABELS["provider_public_key"])
    user = settings.switches.user_id
    return SmEnvelope(
        own=SM2(private_key=settings.private_key, user_id=user),
        peer=SM2(public_key=provider, user_id=user),
        iv=iv(settings.iv, LABELS["iv"]),
        switches=settings.switches,
    )


def _address(settings: WireSettings) -> str:
    # The manual prints whole addresses; what people paste may or may not contain the path.
    base, path = settings.base_url.strip().rstrip("/"), settings.switches.path
    return base if base.endswith(path.rstrip("/")) else base + path
