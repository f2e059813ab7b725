"""The work-injury interface's door: form field `message` in AES/Base64, sessions, and forms with a file (4.1, 4.18)."""

from __future__ import annotations

import base64
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import WrongCiphertext
from portal.gateway.messages import Gateway, Request, faults, request_class, wire_form
from portal.gateway.sandbox.doors.answers import answered, declared_name, played
from portal.gateway.sandbox.faults import Hit, hit_for, magic
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse, reader_of
from portal.gateway.sandbox.trouble import cut_off, sever
from portal.gateway.seals import aes
from portal.gateway.seals.aes_session import AesSessionSwitches

logger = logging.getLogger(__name__)
#: What a play may stumble over; anything else is a fault of its own, and the server says so.
DATABASE_TROUBLE = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EMPTY, UNREADABLE, NOTHING, NO_SESSION = "11001", "11002", "11003", "11004"
#: What does not fit its declaration and has no code of its own.
WRONG_DATA = "1004"
#: These name their code and text otherwise (4.28, 4.29).
OTHER_NAMES = ("parsingQrcode", "parsingSbk")
LOGIN, LOGOUT = "login", "logout"


class SessionDoor(ABC):
    """What a business knows about the sessions of its gateway."""

    @abstractmethod
    def party_of(self, number: str) -> Party | None:
        """Whose session it is or was."""

    @abstractmethod
    def admit(self, number: str) -> None:
        """Let a call in and count it as the session's last; raises Refuse."""

    @abstractmethod
    def expire(self, party: Party) -> None:
        """The party's session has run out."""


_DOORS: dict[str, SessionDoor] = {}


def session_door(gateway: Gateway, door: SessionDoor) -> None:
    """Declare who knows the sessions of this gateway."""
    _DOORS[gateway.name] = door


@require_POST
def aes_session(request: HttpRequest, found: Gateway, tail: str) -> HttpResponse:
    """`POST /<gateway>/public/sendHis/<method>.html`, or the paths that the party's switches name."""
    return _Exchange(found, request, tail).carry_out()


class _Exchange:
    """One call; what is wrong before its party is known is answered in clear."""

    def __init__(self, found: Gateway, request: HttpRequest, tail: str) -> None:
        self.gateway, self.request, self.tail = found, request, tail
        self.sessions = _DOORS[found.name]
        self.party: Party | None = None
        self.code = self.number = ""
        self.key = b""
        self.codec = JsonCodec(amounts="number")

    def carry_out(self) -> HttpResponse:
        hit = Hit()
        try:
            content = self._opened()
            hit = self._hit(content)
            if hit.kind == "drop_request":
                return sever(self.request)
            if hit.kind == "late_execution":
                cut_off(self.request, hit.seconds)
            answer = self._played(content, hit)
        except Refuse as refusal:
            answer = {"code": int(refusal.code), "msg": refusal.message, **refusal.more}
        except DATABASE_TROUBLE:
            logger.exception("%s could not be played", self.code)
            answer = {"code": 99999, "msg": "系统发生异常,请与sunreal管理员联系"}
        return answered(self.request, hit, lambda: self._closed(answer, hit))

    def _hit(self, content: Mapping[str, Any]) -> Hit:
        assert self.party is not None
        hit = hit_for(self.party, self.code)
        if hit.kind == "session_expiry":
            self.sessions.expire(self.party)
        return hit if hit.kind else magic(content, self.party.app_code)

    def _opened(self) -> dict[str, Any]:
        """The call's content, with party, method and key known; raises Refuse or Http404."""
        number = self.request.headers.get("sessionid", "")
        message = self.request.POST.get("message", "")
        method = self.tail.rsplit("/", 1)[-1].removesuffix(".html")
        if self.request.FILES or (not message and self.request.POST):
            number = number or self.request.POST.get("sessionid", "")
            return self._form(number, method)
        if not message:
            raise Refuse(EMPTY, "接口入参不能为空")
        if method == LOGIN or declared_login(self.gateway.name, method):
            return self._login(message, method)
        return self._sealed(number, message, method)

    def _login(self, message: str, method: str) -> dict[str, Any]:
        today = timezone.now().astimezone(SHANGHAI)
        for day in (today, today - timedelta(minutes=5)):
            try:
                self.key = aes.login_key(day.date())
                content = self._parsed(aes.open_(message, self.key))
                break
            except WrongCiphertext:
                continue
        else:
            raise Refuse(UNREADABLE, "接口入参解析错误")
        user = str(content.get("username") or "")
        if not user:
            raise Refuse("21001", "A21001-用户名不能为空")
        party = Party.objects.filter(gateway=self.gateway.name, app_code=user).first()
        if party is None:
            raise Refuse("21002", "A21002-用户名错误")
        self._known(party, method)
        return content

    def _sealed(self, number: str, message: str, method: str) -> dict[str, Any]:
        party = self._caller(number, message, method)
        self._known(party, method)
        self.key = aes.key(party.secret_key)
        try:
            content = self._parsed(aes.open_(message, self.key))
        except WrongCiphertext:
            raise Refuse(UNREADABLE, "接口入参解析错误") from None
        switches = AesSessionSwitches.read(party.switches)
        inside = str(content.pop("sessionid", "") or "")
        if not (number or inside) or (switches.session_body and not inside):
            raise Refuse(NO_SESSION, "sessionid不能为空")
        if number and inside and number != inside:
            raise Refuse("11005", "sessionid无效")
        self.number = number or inside
        return content

    def _caller(self, number: str, message: str, method: str) -> Party:
        """By the session, or by whose key opens the message: signing out with 0, or sites without the header."""
        party = self.sessions.party_of(number) if number and number != "0" else None
        if party is not None:
            return party
        if number and number != "0":
            raise Refuse("11005", "sessionid无效")
        for one in Party.objects.filter(gateway=self.gateway.name).order_by("-registered_at"):
            try:
                self._parsed(aes.open_(message, aes.key(one.secret_key)))
            except (WrongCiphertext, Refuse):
                continue
            if number == "0" or not AesSessionSwitches.read(one.switches).session_header:
                return one
            break
        raise Refuse(NO_SESSION, "sessionid不能为空")

    def _form(self, number: str, method: str) -> dict[str, Any]:
        """4.18: the parts of a form, nothing sealed."""
        if not number:
            raise Refuse(NO_SESSION, "sessionid不能为空")
        party = self.sessions.party_of(number)
        if party is None:
            raise Refuse("11005", "sessionid无效")
        self._known(party, method)
        self.number, self.key = number, aes.key(party.secret_key)
        content: dict[str, Any] = {name: str(value) for name, value in self.request.POST.items() if name != "sessionid"}
        for name, file in self.request.FILES.items():
            content[str(name)] = base64.b64encode(file.read()).decode()  # type: ignore[union-attr]
        return content

    def _known(self, party: Party, method: str) -> None:
        self.party, self.code = party, declared_name(party, method)
        switches = AesSessionSwitches.read(party.switches)
        if self.tail not in {
            one.replace("{method}", method).lstrip("/") for one in (switches.path, switches.file_path)
        }:
            raise Http404

    def _parsed(self, plain: bytes) -> dict[str, Any]:
        try:
            found = self.codec.unpack(plain)
        except Garbled:
            raise Refuse(UNREADABLE, "接口入参解析错误") from None
        if not found:
            raise Refuse(NOTHING, "接口入参解析对象为空")
        return found

    def _played(self, content: dict[str, Any], hit: Hit) -> dict[str, Any]:
        assert self.party is not None
        nonce = self.request.headers.get("X-Request-Id", "")[:64] or secrets.token_hex(16)
        call = Call(self.party, self.code, nonce, partial=hit.kind == "partial_batch", session=self.number)
        if self.code not in (LOGIN, LOGOUT):
            with transaction.atomic():
                self.sessions.admit(self.number)
        if hit.kind == "reject":
            raise Refuse(NOTHING, "沙箱按业务编号的结尾 -REJECT 拒绝")
        asked = self._declared(content)
        reply = wire_form(played(asked, call, Refuse(WRONG_DATA, "沙箱还不会这个方法")))
        code, message = reply.pop("code", ""), reply.pop("msg", "")
        return {"code": int(code or 0), "msg": message, **reply}

    def _declared(self, content: dict[str, Any]) -> Request[Any]:
        try:
            declared = request_class(self.gateway, self.code)
        except LookupError:
            raise Http404 from None
        if self.code in (LOGIN, LOGOUT):  # what is missing there has codes of its own
            return declared.model_construct(**{"username": "", "password": "", **content})
        read = reader_of(self.gateway.name)
        try:
            if read is not None:
                return read(declared, content)
            return declared.model_validate(content)
        except ValidationError as error:
            said = "；".join(str(fault) for fault in faults(error, declared))
            raise Refuse(WRONG_DATA, f"其他错误！{said}") from None

    def _closed(self, answer: dict[str, Any], hit: Hit) -> bytes:
        if self.code in OTHER_NAMES:
            code, message = answer.pop("code"), answer.pop("msg")
            answer = {"resCode": str(code), "resMsg": message, **answer}
        body = self.codec.pack(answer)
        if hit.kind == "garble":
            return body[:-1]
        if hit.kind == "wrong_key":
            return aes.close(body, secrets.token_hex(8).encode()).encode()
        sealed = self.party is not None and AesSessionSwitches.read(self.party.switches).replies == "sealed"
        return aes.close(body, self.key).encode() if sealed and self.key else body


def declared_login(gateway: str, method: str) -> bool:
    """Whether some site calls signing in so."""
    return Party.objects.filter(gateway=gateway, wire_names__login=method).exists()
