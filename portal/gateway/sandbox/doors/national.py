"""The national interface's door: the API gateway's checks, envelope, play and reply (access guide 2, tables 2 to 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import SM2
from portal.gateway.messages import Gateway, Request, faults, wire_form
from portal.gateway.sandbox.doors.answers import answered, json_answer, played, use
from portal.gateway.sandbox.faults import Hit, hit_for, magic
from portal.gateway.sandbox.models import Party, UsedNonce
from portal.gateway.sandbox.national.admission import check_medium, check_operator, hand_out
from portal.gateway.sandbox.national.editions import declared_for
from portal.gateway.sandbox.plays import Call, Raw, Refuse
from portal.gateway.sandbox.trouble import cut_off, sever
from portal.gateway.seals import tif
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.wire.national_content import with_files

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: The API gateway's texts (access guide 2.3); the last is not in the guide, so it proves nothing to a caller.
NO_HEADERS, TOO_OLD, NO_USER, WRONG_SIGNATURE = "缺少服务调用的请求头!", "签名时间戳超时!", "非法用户!", "签名不一致!"
USED_NONCE = "校验码重复!"
WINDOW = timedelta(minutes=30)
NONCE_LIVES = timedelta(minutes=10)
#: The path of the security control that stands beside the interface.
CONTROL = "control"
NEEDED = {
    "infno": 6,  # the A variants have five
    "msgid": 30,
    "mdtrtarea_admvs": 6,
    "recer_sys_code": 10,
    "infver": 6,
    "opter_type": 3,
    "opter": 30,
    "opter_name": 50,
    "inf_time": 19,
    "fixmedins_code": 12,
    "fixmedins_name": 20,
}
#: What the wire itself says about a message; the business's codes are its own.
WRONG_DATA, WRONG_ENVELOPE, NO_TRANSACTION, WRONG_CAINFO, NOT_YOURS = "1001", "1002", "1003", "1004", "1005"


class Turned(Exception):
    """The API gateway turns the call away; nothing was passed on."""


@require_POST
def national(request: HttpRequest, found: Gateway, tail: str) -> HttpResponse:
    """`POST /<gateway>/<infno>`, or the path that the party's switches name; `/control`: the security control."""
    if tail == CONTROL:
        return _control(request)
    try:
        members = JsonCodec().unpack(request.body)
    except Garbled:
        members = {}
    try:
        party = _caller(request, found.name, members)
    except Turned as reason:
        return _turned_away(reason)
    infno, switches = str(members.get("infno", "")), NationalSwitches.read(party.switches)
    name = party.wire_names.get(infno, infno).strip("/")
    if switches.path.replace("{infno}", name).strip("/") != tail:
        raise Http404
    hit = hit_for(party, infno)
    if hit.kind == "drop_request":
        return sever(request)
    if hit.kind == "late_execution":
        cut_off(request, hit.seconds)
    try:
        _admit(request, party, switches, infno)
    except Turned as reason:
        return _turned_away(reason)
    return _Exchange(found, party, switches, members).carry_out(request, hit)


def _control(request: HttpRequest) -> HttpResponse:
    """The security control on the desk, which hands out check media: no part of the centre, so it asks for no proof."""
    try:
        return json_answer(JsonCodec().pack(hand_out(JsonCodec().unpack(request.body))))
    except (Garbled, LookupError, ValueError) as fault:
        return json_answer(JsonCodec().pack({"error": str(fault.args[0])}))


def _caller(request: HttpRequest, gateway: str, members: Mapping[str, Any]) -> Party:
    parties = Party.objects.filter(gateway=gateway)
    paasid = request.headers.get("x-tif-paasid") or request.META.get("HTTP__API_ACCESS_KEY")
    if paasid:
        party = parties.filter(app_code=paasid).first()
        if party is None:
            raise Turned(NO_USER)
        return party
    # Without a header only those can be known who sign the envelope, or need not prove anything.
    code = str(members.get("fixmedins_code", ""))
    party = parties.filter(institution__code=code, switches__auth__in=["cainfo", "none"]).first() if code else None
    if party is None:
        raise Turned(NO_HEADERS)
    return party


def _admit(request: HttpRequest, party: Party, switches: NationalSwitches, infno: str) -> None:
    """The four headers of table 2, their age, their signature, and that the nonce is fresh; raises Turned."""
    if switches.auth == "tif":
        names = {name: request.headers.get(name, "") for name in tif.TIF_HEADERS}
        stamp, nonce, signature = (names[f"x-tif-{one}"] for one in ("timestamp", "nonce", "signature"))
        if not all(names.values()) or len(nonce) > 100:
            raise Turned(NO_HEADERS)
        _check_age(stamp, 1)
        if not compare_digest(signature.encode(), tif.tif_signature(stamp, party.secret_key, nonce).encode()):
            raise Turned(WRONG_SIGNATURE)
        UsedNonce.objects.filter(party=party, nonce=nonce, at__lt=timezone.now() - NONCE_LIVES).delete()
        if use(party, nonce) is None:
            raise Turned(USED_NONCE)
    elif switches.auth == "hmac-sha1":
        asked = {f"_api_{one}": request.META.get(f"HTTP__API_{one.upper()}", "") for one in API_HEADERS}
        signature = asked.pop("_api_signature")
        if not all(asked.values()) or not signature or asked["_api_name"] != infno:
            raise Turned(NO_HEADERS)
        _check_age(asked["_api_timestamp"], 1000)
        if not compare_digest(signature.encode(), tif.hmac_signature(asked, party.secret_key).encode()):
            raise Turned(WRONG_SIGNATURE)


API_HEADERS = ("access_key", "name", "timestamp", "version", "signature")


def _check_age(stamp: str, per_second: int) -> None:
    if not re.fullmatch(r"[0-9]{1,15}", stamp):
        raise Turned(TOO_OLD)
    if abs(timezone.now().timestamp() - int(stamp) / per_second) > WINDOW.total_seconds():
        raise Turned(TOO_OLD)


def _turned_away(reason: Turned) -> HttpResponse:
    return json_answer(JsonCodec().pack({"errcode": 401, "message": str(reason)}))


class _Exchange:
    """One call that the API gateway passed on to the centre."""

    def __init__(self, found: Gateway, party: Party, switches: NationalSwitches, members: Mapping[str, Any]) -> None:
        self.gateway, self.party, self.switches, self.members = found, party, switches, members
        self.codec = JsonCodec(amounts=switches.numbers)
        self.received = timezone.now()
        self.refmsgid = ""

    def carry_out(self, request: HttpRequest, hit: Hit) -> HttpResponse:
        code, message = -1, ""
        output: Raw | dict[str, Any] = {}
        try:
            asked = self._declared()
            hit = hit if hit.kind else magic(wire_form(asked), self.party.app_code)
            if hit.kind == "reject":
                raise Refuse(WRONG_DATA, "沙箱按业务编号的结尾 -REJECT 拒绝")
            code, output = 0, self._played(asked, hit)
        except Refuse as refusal:
            message = f"{refusal.code} {refusal.message}"[:200]
        if isinstance(output, Raw):
            file = output
            return answered(request, hit, lambda: file.content, content_type=file.content_type)
        told = output
        return answered(request, hit, lambda: self._closed(hit, code, message, told))

    def _declared(self) -> Request[Any]:
        members = self.members
        msgid = str(members.get("msgid", ""))
        used = use(self.party, msgid) if msgid else None
        self.refmsgid = _refmsgid(str(members.get("mdtrtarea_admvs", "")), self.received, used)
        if wrong := [name for name, most in NEEDED.items() if not 1 <= len(str(members.get(name) or "")) <= most]:
            raise Refuse(WRONG_ENVELOPE, f"报文缺少必填项或超长：{'、'.join(wrong)}")
        if used is None:
            raise Refuse(WRONG_ENVELOPE, "报文ID重复，原报文可能仍在处理中")
        if not re.fullmatch(re.escape(str(members["fixmedins_code"])) + r"[0-9]{18}", msgid):
            raise Refuse(WRONG_ENVELOPE, "msgid 应为机构编号(12)+时间(14)+顺序号(4)")
        if members["fixmedins_code"] != self.party.institution.get("code", members["fixmedins_code"]):
            raise Refuse(NOT_YOURS, "定点医药机构编号与应用账户不一致")
        self._check_cainfo()
        check_operator(self.party, self.switches, members)
        check_medium(self.party, self.switches, members)
        return self._content()

    def _check_cainfo(self) -> None:
        if self.switches.auth != "cainfo":
            return
        key = SM2(public_key=self.party.public_key, user_id=self.switches.user_id)
        form = {"der": self.switches.signature_form == "der", "text": self.switches.signature_text}
        if not tif.is_signed(self.members, key, **form):  # type: ignore[arg-type]
            raise Refuse(WRONG_CAINFO, "cainfo 签名验证不通过")

    def _content(self) -> Request[Any]:
        try:
            declared = declared_for(self.party, str(self.members["infno"]))
        except LookupError:
            raise Refuse(NO_TRANSACTION, "没有这个交易") from None
        content = self.members.get("input")
        try:
            if isinstance(content, str):
                content = self.codec.unpack(content.encode())
            return declared.model_validate(with_files(declared, content))
        except Garbled:
            raise Refuse(WRONG_DATA, "input 不是 JSON") from None
        except ValidationError as error:
            raise Refuse(WRONG_DATA, "；".join(str(fault) for fault in faults(error, declared))) from None

    def _played(self, asked: Request[Any], hit: Hit) -> Raw | dict[str, Any]:
        msgid = str(self.members["msgid"])
        call = Call(
            self.party,
            asked.code,
            msgid,
            refmsgid=self.refmsgid,
            partial=hit.kind == "partial_batch",
            envelope={name: value for name, value in self.members.items() if name != "input"},
        )
        answer = played(asked, call, Refuse(NO_TRANSACTION, "没有这个交易"))
        if isinstance(answer, Raw):
            return answer
        output = wire_form(answer)
        return {name: value for name, value in output.items() if name not in BESIDE}

    def _closed(self, hit: Hit, code: int, message: str, output: Mapping[str, Any]) -> bytes:
        reply = {
            "infcode": code,
            # Nothing is signed here, so an answer of somebody else is one without the centre's own number.
            "inf_refmsgid": "" if hit.kind == "wrong_key" else self.refmsgid,
            "refmsg_time": _stamp(self.received),
            "respond_time": _stamp(timezone.now()),
            "err_msg": message,
            "output": output if code == 0 else None,
        }
        body = self.codec.pack(reply)
        return body[:-1] if hit.kind == "garble" else body


BESIDE = ("inf_refmsgid", "refmsg_time", "respond_time")


def _refmsgid(region: str, at: datetime, used: UsedNonce | None) -> str:
    """Region (6), time (14), number (10); the number is that of the accepted message id."""
    number = used.pk if used is not None else 0
    return f"{region[:6]:0>6}{at.astimezone(SHANGHAI):%Y%m%d%H%M%S}{number % 10**10:010d}"


def _stamp(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S%f")[:17]
