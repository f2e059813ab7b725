"""The desk's libraries' door: what a library that is played would do at the desk, told to it in one frame.

`POST /onetrans/OneTrans` with the GBK bytes of pInData, and `POST /onetrans/<function>` for the card reader. A message
is a JSON of tables 3-1 and 3-2 of the OneTrans interface.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.messages import Gateway, Request, faults, request_class, wire_form
from portal.gateway.sandbox.doors.answers import played, use
from portal.gateway.sandbox.faults import Hit, hit_for, magic
from portal.gateway.sandbox.library.functions import FUNCTIONS, Said, framed
from portal.gateway.sandbox.models import Party, UsedNonce
from portal.gateway.sandbox.plays import Call, Refuse, Refused
from portal.gateway.sandbox.trouble import HTML, cut_off, gone, sever

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Most bytes of pInData and pOutData with the closing zero (table 2-1), and what "overflow" writes instead.
BUFFER, OVERFLOW = 8192, 9000
#: Return values other than 0: nobody at the other end, and what cannot be read at all.
CUT, UNREADABLE = -1, -2
#: Codes of the envelope; table 错误码定义表 leaves all but 000000 and 600001 to the systems behind.
OK, BUSY = "000000", "600001"
WRONG_JSON, INCOMPLETE, NO_APP, WRONG_KEY = "100001", "100002", "100003", "100004"
NO_TRANSACTION, USED, WRONG_DATA, REFUSED = "100005", "100006", "100007", "100008"
#: Table 3-1: what must be there, and its most bytes.
NEEDED = {
    "recer_sys_code": 10,
    "msgid": 30,
    "timestamp": 30,
    "signtype": 10,
    "enc_type": 5,
    "dept_codg": 20,
    "dept_name": 30,
    "opter": 30,
    "opter_name": 50,
    "opter_type": 3,
    "trans_type": 50,
}
CODEC = JsonCodec()
#: What a call ends as for the caller whatever the business said.
ENDS = {
    "reset": Said(0),
    "garbage": Said(0, b"\xff\xfe\x81 \x80{{{"),
    "html": Said(0, HTML.encode("gbk")),
    "hang": Said(0, act="hang"),
    "crash": Said(0, act="crash"),
}


@require_POST
def desk(request: HttpRequest, found: Gateway, tail: str) -> HttpResponse:
    """One call of one function."""
    if tail not in FUNCTIONS:
        raise Http404
    return _business(request, found) if tail == "OneTrans" else _card(request, found, tail)


def _business(request: HttpRequest, found: Gateway) -> HttpResponse:
    if len(request.body) >= BUFFER:
        return _told(Said(UNREADABLE, "入参超过 8191 字节".encode("gbk")))
    exchange = _Exchange(found, request.body)
    hit = exchange.hit
    if hit.kind == "drop_request":
        return sever(request)
    if hit.kind == "hang_request":
        return _told(ENDS["hang"])
    if hit.kind == "late_execution":
        cut_off(request, hit.seconds)
    answer = exchange.answer()
    if hit.kind == "late_execution":
        return gone()
    if hit.kind == "drop_response":
        return sever(request)
    return _told(_spoiled(hit, answer))


def _spoiled(hit: Hit, answer: bytes) -> Said:
    """What the fault makes of an answer."""
    if hit.kind in ENDS:
        return ENDS[hit.kind]
    if hit.kind == "truncate":
        return Said(0, answer[: len(answer) // 2])
    if hit.kind == "garble":
        return Said(0, answer[:-1])
    if hit.kind == "overflow":
        return Said(0, answer[:-1].ljust(OVERFLOW - 1) + b"}")
    if hit.kind in ("late", "slow"):
        return Said(0, answer, act=f"wait:{hit.seconds}")
    return Said(0, answer)


def _told(said: Said) -> HttpResponse:
    body = framed(said)
    return HttpResponse(body, content_type="application/octet-stream", headers={"Content-Length": str(len(body))})


class _Exchange:
    """One message; what is wrong with its envelope is answered with a code of six digits."""

    def __init__(self, found: Gateway, body: bytes) -> None:
        self.gateway, self.received = found, timezone.now()
        self.members: dict[str, Any] = {}
        self.party: Party | None = None
        self.wrong: Refuse | None = None
        self.number = 0
        self.content: dict[str, Any] = {}
        self.data_is_text = False
        try:
            self._open(body)
        except Refuse as refusal:
            self.wrong = refusal
        self.code = str(self.members.get("trans_type", ""))
        self.hit = self._hit()

    def _hit(self) -> Hit:
        """The fault that is switched on for the call, or that an ending in it asks for."""
        if self.party is None or self.wrong is not None:
            return Hit()
        hit = hit_for(self.party, self.code)
        return hit if hit.kind else magic(self.content, self.party.app_code)

    def answer(self) -> bytes:
        """The bytes for pOutData."""
        try:
            if self.wrong is not None:
                raise self.wrong
            data = self._played()
        except Refuse as refusal:
            return self._closed(refusal.code, refusal.message, "")
        if self.hit.kind == "wrong_key":
            return self._closed("", "成功", data)
        return self._closed(OK, "成功", data)

    def _open(self, body: bytes) -> None:
        try:
            self.members = CODEC.unpack(body.decode("gbk").encode())
        except (UnicodeDecodeError, Garbled):
            raise Refuse(WRONG_JSON, "请求报文不是 GBK 编码的 JSON") from None
        self._check_caller()
        wanted = {name: str(self.members.get(name) or "") for name in NEEDED}
        if wrong := [name for name, text in wanted.items() if not 1 <= len(text.encode("gbk")) <= NEEDED[name]]:
            raise Refuse(INCOMPLETE, f"公共参数缺少或超长：{'、'.join(wrong)}")
        assert self.party is not None
        used = use(self.party, wanted["msgid"])
        if used is None:
            raise Refuse(USED, "报文ID重复，原报文可能仍在处理中")
        self.number = used.pk
        self.content = self._data()

    def _check_caller(self) -> None:
        """By the documented names, or those of the sample in 4.1."""
        app_id = str(self.members.get("app_id") or self.members.get("appId") or "")
        key = str(self.members.get("app_key") or self.members.get("appKey") or "")
        self.party = Party.objects.filter(gateway=self.gateway.name, app_code=app_id).first() if app_id else None
        if self.party is None:
            raise Refuse(NO_APP, "app_id 不存在")
        if not compare_digest(key.encode(), self.party.secret_key.encode()):
            raise Refuse(WRONG_KEY, "app_key 不正确")

    def _data(self) -> dict[str, Any]:
        data = self.members.get("data")
        try:
            if isinstance(data, str):
                self.data_is_text = True
                data = CODEC.unpack(data.encode())
        except Garbled:
            raise Refuse(WRONG_JSON, "data 不是 JSON") from None
        if not isinstance(data, dict):
            raise Refuse(INCOMPLETE, "公共参数缺少或超长：data")
        return data

    def _played(self) -> Mapping[str, Any]:
        assert self.party is not None
        if self.hit.kind == "busy":
            # The library never passed it on, so the same message may come again.
            UsedNonce.objects.filter(pk=self.number).delete()
            raise Refuse(BUSY, "接口业务不支持并发调用")
        if self.hit.kind == "reject":
            raise Refuse(REFUSED, "沙箱按业务编号的结尾 -REJECT 拒绝")
        envelope = {name: value for name, value in self.members.items() if name not in ("data", "app_key", "appKey")}
        call = Call(self.party, self.code, str(self.members["msgid"]), self._refmsgid(), envelope=envelope)
        answer = played(self._declared(), call, Refuse(NO_TRANSACTION, "没有这个交易类型"))
        if isinstance(answer, Refused):
            raise Refuse(answer.code, answer.message)
        return wire_form(answer)

    def _declared(self) -> Request[Any]:
        try:
            declared = request_class(self.gateway, self.code)
            return declared.model_validate(self.content)
        except LookupError:
            raise Refuse(NO_TRANSACTION, "没有这个交易类型") from None
        except ValidationError as error:
            said = "；".join(str(fault) for fault in faults(error, declared))
            raise Refuse(WRONG_DATA, said) from None

    def _closed(self, code: str, message: str, data: Any) -> bytes:
        if self.data_is_text and data:
            data = json.dumps(data, ensure_ascii=False, default=str)
        reply = {
            "code": code,
            "data": data,
            "err_msg": message[:90],
            "inf_refmsgid": self._refmsgid(),
            "refmsg_time": _stamp(self.received),
            "respond_time": _stamp(timezone.now()),
        }
        return CODEC.pack(reply).decode().encode("gbk", "replace")

    def _refmsgid(self) -> str:
        """Region (6), time (14), number (10)."""
        region = str(self.party.institution.get("region") or "") if self.party else ""
        return f"{region[:6]:0>6}{self.received.astimezone(SHANGHAI):%Y%m%d%H%M%S}{self.number % 10**10:010d}"


def _card(request: HttpRequest, found: Gateway, function: str) -> HttpResponse:
    """A function of the card reader; its words come in pOutBuff whether it succeeds or not."""
    parties = Party.objects.filter(gateway=found.name)
    asked = request.GET.get("party", "")
    party = parties.filter(app_code=asked).first() if asked else parties.order_by("-registered_at").first()
    if party is None:
        return _told(Said(CUT, "没有这个调用方".encode("gbk")))
    hit = hit_for(party, function)
    if hit.kind == "drop_request":
        return sever(request)
    if hit.kind == "hang_request":
        return _told(ENDS["hang"])
    try:
        answer = wire_form(played(_card_request(found, function, request.body), Call(party, function, ""), NOT_HERE))
    except Refuse as refusal:
        return _told(Said(int(refusal.code), refusal.message.encode("gbk")))
    if hit.kind == "drop_response":
        return sever(request)
    said = _spoiled(hit, str(answer.get("text", "")).encode("gbk"))
    sign = str(answer.get("signature", "")).encode("gbk") if not hit.kind else said.sign
    return _told(Said(said.value, said.out, sign, said.act))


NOT_HERE = Refuse("-3", "沙箱没有这个函数")


def _card_request(found: Gateway, function: str, body: bytes) -> Request[Any]:
    """The call as the portal's declaration of that function; arguments come as lines."""
    lines = body.decode("gbk", "replace").split("\n")
    given: dict[str, Any] = {}
    if function == "Init":
        given = {"url": lines[0], "user": lines[1] if len(lines) > 1 else ""}
    elif function == "GetQRBase":
        given = {"timeout": int(lines[0])}
    try:
        return request_class(found, function).model_validate(given)
    except (LookupError, ValidationError):
        raise NOT_HERE from None


def _stamp(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S%f")[:17]
