"""Who is signed in at the centre (4.1, 4.2): one session per user, two hours after its last call."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from injury.messages import INJURY, Ack, Login, Logout
from injury.messages import Session as SignedIn
from injury.sandbox.models.sessions import Session, is_live
from portal.gateway.sandbox.doors.aes_session import SessionDoor, session_door
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse, control, plays
from portal.gateway.seals import aes


class Door(SessionDoor):
    """What the wire's door asks about sessions."""

    def party_of(self, number: str) -> Party | None:
        found = Session.objects.filter(number=number).select_related("party").first()
        return found.party if found else None

    def admit(self, number: str) -> None:
        """Let a business call in; raises Refuse with 11005 or 11006."""
        session = Session.objects.select_for_update().filter(number=number).first()
        if session is None or session.state == Session.State.LEFT:
            raise Refuse("11005", "sessionid无效")
        if not is_live(session):
            raise Refuse("11006", "sessionid过期")
        Session.objects.filter(pk=session.pk).update(last_used_at=timezone.now())

    def expire(self, party: Party) -> None:
        Session.objects.filter(party=party, state=Session.State.LIVE).update(state=Session.State.EXPIRED)


def live_session(party: Party) -> Session | None:
    """The user's session, if one lasts; the party's row is locked, so that nobody signs in twice."""
    Party.objects.select_for_update().get(pk=party.pk)
    found = Session.objects.filter(party=party, state=Session.State.LIVE).first()
    return found if found and is_live(found) else None


@plays(Login)
def sign_in(request: Login, call: Call) -> SignedIn:
    _check(request.username, request.password, call.party, ("21001", "21002", "21004", "21005"))
    found = live_session(call.party)
    if found is not None:
        raise Refuse("21003", "A21003-用户已登录", {"sessionid": found.number} if found.tells else {})
    return SignedIn(sessionid=_begun(call.party).number)


@plays(Logout)
def sign_out(request: Logout, call: Call) -> Ack:
    """With 0 for a session it ends whichever the user has: the specification prints 0 and does not say more."""
    _check(request.username, request.password, call.party, ("31002", "31003", "31005", "31006"))
    found = live_session(call.party)
    if found is None:
        known = call.session != "0" and Session.objects.filter(party=call.party, number=call.session).exists()
        raise Refuse("31007", "B31007-当前用户未登录") if known else Refuse("31001", "B31001-当前用户未登录,不需要登出")
    if call.session not in ("0", found.number):
        raise Refuse("31004", "B31004-用户已登录")
    Session.objects.filter(pk=found.pk).update(state=Session.State.LEFT)
    return Ack(msg="登出成功!")


def _check(user: str, password: str, party: Party, codes: tuple[str, str, str, str]) -> None:
    if not user:
        raise Refuse(codes[0], "用户名不能为空")
    if user != party.app_code:
        raise Refuse(codes[1], "用户名错误")
    if not password:
        raise Refuse(codes[2], "密码不能为空")
    if password != aes.md5_upper(party.password):
        raise Refuse(codes[3], "密码错误")


def _begun(party: Party, **more: Any) -> Session:
    return Session.objects.create(party=party, number=str(10**12 + secrets.randbelow(9 * 10**12)), **more)


@control(INJURY, "occupy")
def occupy(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Another program of the same institution signs in; with `tells` a second sign-in is told its session."""
    party = _party(asked)
    Session.objects.filter(party=party, state=Session.State.LIVE).update(state=Session.State.LEFT)
    return {"sessionid": _begun(party, foreign=True, tells=bool(asked.get("tells"))).number}


@control(INJURY, "leave")
def leave(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The other program signs out."""
    found = Session.objects.filter(party=_party(asked), state=Session.State.LIVE, foreign=True)
    return {"left": found.update(state=Session.State.LEFT)}


@control(INJURY, "expire")
def expire(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Two hours pass for whoever is signed in."""
    return {
        "expired": Session.objects.filter(party=_party(asked), state=Session.State.LIVE).update(
            state=Session.State.EXPIRED
        )
    }


@control(INJURY, "sessions")
def sessions(asked: Mapping[str, Any]) -> dict[str, Any]:
    """All sign-ins of a party, in order."""
    found = Session.objects.filter(party=_party(asked)).order_by("pk")
    return {"sessions": [{"sessionid": one.number, "state": one.state, "foreign": one.foreign} for one in found]}


def _party(asked: Mapping[str, Any]) -> Party:
    found = Party.objects.filter(gateway=INJURY.name, app_code=str(asked.get("party", ""))).first()
    if found is None:
        raise LookupError("没有这个调用方")
    return found


session_door(INJURY, Door())
