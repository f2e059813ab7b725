"""The SM envelope's door: opens a call with the centre's key, plays it, closes the reply (design 2.1)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import SM2
from portal.gateway.crypto import iv as iv_bytes
from portal.gateway.errors import Doubt, Unknown
from portal.gateway.messages import Gateway, Request, faults, request_class, wire_form
from portal.gateway.sandbox.doors.answers import answered, declared_name, json_answer, played, use
from portal.gateway.sandbox.faults import Hit, hit_for, magic
from portal.gateway.sandbox.models import Party, Provider, UsedNonce
from portal.gateway.sandbox.parties import provider_of
from portal.gateway.sandbox.plays import Call, Refuse
from portal.gateway.sandbox.trouble import cut_off, sever
from portal.gateway.seals.sm_envelope import SmEnvelope
from portal.gateway.seals.switches import EnvelopeSwitches

OK = "0"
#: Refused at the door: nothing was read, or the sender is not who it says. Beside them stand the sentences.
UNREADABLE = {
    Doubt.SHAPE: ("9000", "报文不是约定的格式"),
    Doubt.SIGNATURE: ("9002", "签名验证不通过，请核对调用方私钥与登记的公钥"),
    Doubt.TIMESTAMP: ("9003", "时间戳与本机相差超过规定，请校准时钟"),
    Doubt.DECRYPTION: ("9005", "报文无法解密，请核对服务提供方公钥和 SM4 加密 IV"),
}
NO_PARTY = ("9001", "appCode 没有登记")
USED_NONCE = ("9004", "nonce 已经使用过，报文被重复发送")
NO_TRANSACTION = ("9006", "没有这个交易")
WRONG_DATA = "1001"
NONCES_KEPT = timedelta(days=1)


@require_POST
def envelope(request: HttpRequest, found: Gateway, tail: str) -> HttpResponse:
    """`POST /<gateway>/thrid_api/external_api`, or the path that the party's switches name."""
    name = found.name
    provider = provider_of(name)
    try:
        members = JsonCodec().unpack(request.body)
    except Garbled:
        members = {}
    code, nonce = str(members.get("transType", "")), str(members.get("nonce", ""))
    party = Party.objects.filter(gateway=name, app_code=str(members.get("appCode", ""))).first()
    if party is None:
        stranger = SmEnvelope(_own(provider.private_key), _own(provider.private_key), iv_bytes(provider.iv))
        return json_answer(stranger.close_reply(*NO_PARTY, None, nonce=nonce, now=timezone.now()))
    switches = EnvelopeSwitches.read(party.switches)
    if switches.path.lstrip("/") != tail:
        raise Http404
    hit = hit_for(party, declared_name(party, code))
    if hit.kind == "drop_request":
        return sever(request)
    if hit.kind == "late_execution":
        cut_off(request, hit.seconds)
    return _Exchange(found, provider, party, switches).carry_out(request, nonce, hit)


class _Exchange:
    """One call of a known party."""

    def __init__(self, found: Gateway, provider: Provider, party: Party, switches: EnvelopeSwitches) -> None:
        self.gateway, self.provider, self.party, self.switches = found, provider, party, switches
        self.seal = self._seal(provider.private_key)
        self.codec = JsonCodec(amounts=switches.amounts)

    def carry_out(self, request: HttpRequest, nonce: str, hit: Hit) -> HttpResponse:
        code, message, data = NO_TRANSACTION[0], "", None
        try:
            opened = self.seal.open_request(request.body, now=timezone.now())
            self._use(opened.nonce)
            asked = self._declared(opened.trans_type, opened.data)
            hit = hit if hit.kind else magic(wire_form(asked), self.party.app_code)
            if hit.kind == "reject":
                raise Refuse(self._any_refusal(), "沙箱按业务编号的结尾 -REJECT 拒绝")
            code, message, data = OK, "成功", self._played(asked, opened.nonce, hit)
        except Unknown as doubt:
            code, message = UNREADABLE.get(doubt.reason, UNREADABLE[Doubt.SHAPE])
        except Refuse as refusal:
            code, message = refusal.code, refusal.message
        return self._answered(request, hit, code, message, data, nonce)

    def _use(self, nonce: str) -> None:
        used = use(self.party, nonce)
        if used is None:
            raise Refuse(*USED_NONCE)
        if used.pk % 1000 == 0:
            UsedNonce.objects.filter(at__lt=timezone.now() - NONCES_KEPT).delete()

    def _declared(self, trans_type: str, data: bytes) -> Request[Any]:
        try:
            declared = request_class(self.gateway, declared_name(self.party, trans_type))
        except LookupError:
            raise Refuse(*NO_TRANSACTION) from None
        try:
            return declared.model_validate(self.codec.unpack(data))
        except Garbled:
            raise Refuse(*UNREADABLE[Doubt.DECRYPTION]) from None  # a wrong IV spoils the first block only
        except ValidationError as error:
            raise Refuse(WRONG_DATA, "；".join(str(fault) for fault in faults(error, declared))) from None

    def _played(self, asked: Request[Any], nonce: str, hit: Hit) -> bytes:
        call = Call(self.party, asked.code, nonce, partial=hit.kind == "partial_batch")
        return self.codec.pack(wire_form(played(asked, call, Refuse(*NO_TRANSACTION))))

    def _answered(
        self, request: HttpRequest, hit: Hit, code: str, message: str, data: bytes | None, nonce: str
    ) -> HttpResponse:
        def body() -> bytes:
            seal = self._seal(_stranger_key()) if hit.kind == "wrong_key" else self.seal
            closed = seal.close_reply(code, message, data, nonce=nonce, now=timezone.now())
            return closed.replace(b'"signData":"', b'"signData":"00', 1) if hit.kind == "garble" else closed

        return answered(request, hit, body)

    def _seal(self, private_key: str) -> SmEnvelope:
        user = self.switches.user_id
        return SmEnvelope(
            _own(private_key, user), _peer(self.party.public_key, user), iv_bytes(self.provider.iv), self.switches
        )

    def _any_refusal(self) -> str:
        """A refusal that every transaction of the gateway may meet."""
        return next(one.code for one in self.gateway.refusals.values() if not one.transactions)


@lru_cache(maxsize=64)
def _own(private_key: str, user_id: str = "1234567812345678") -> SM2:
    return SM2(private_key=private_key, user_id=user_id)


@lru_cache(maxsize=256)
def _peer(public_key: str, user_id: str) -> SM2:
    return SM2(public_key=public_key, user_id=user_id)


@lru_cache(maxsize=1)
def _stranger_key() -> str:
    return f"{secrets.randbits(250) + 2:064x}"
