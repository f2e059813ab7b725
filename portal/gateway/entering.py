"""How a call is let in at its gateway: under the institution's session, or its operator's number, or as it is."""

from __future__ import annotations

from typing import Any

from portal.access.models import User
from portal.gateway import wire
from portal.gateway.national.signing import services as signing
from portal.gateway.sessions import services as sessions

#: Seconds that signing out and in may take.
LONGEST = max(sessions.LEASE, signing.LEASE)
#: What an operation says that waits for the next try, and one that nobody tries again.
AGAIN = "接口登录已失效，本次没有执行；系统重新登录后自动再发"
STILL_OVER = "重新登录后接口仍答复登录无效，已停止发送。请核对系统配置中的接口密钥和 sessionid 开关后重新提交"
SIGN_AGAIN = "医保签到已失效，本次没有执行；系统重新签到后自动再发"
STILL_NOT_SIGNED = "重新签到后医保中心仍答复签到无效，已停止发送。请核对系统配置中的经办人签到开关后重新提交"


def may_wait(settings: wire.WireSettings, code: str) -> bool:
    """Whether somebody may have to sign in before this call."""
    return sessions.needs_session(settings, code) or signing.needs_number(settings, code)


def at_hand(settings: wire.WireSettings, code: str, environment: str, person: User | None = None) -> wire.WireSettings:
    """The settings with what is there already to let this call in; inside the door. NotSent as for `entered`."""
    if wire.wire(settings.gateway.wire).at_desks:
        return signing.as_operator(settings, person)
    return signing.at_hand(sessions.at_hand(settings, code, environment), code, environment, person)


def entered(
    settings: wire.WireSettings, code: str, institution_id: int, environment: str, person: User | None = None
) -> wire.WireSettings:
    """The settings with what lets this call in, signed in if necessary; as they are where nobody signs in.

    `person` is whoever the call is made for. NotSent with a sentence for people while signing in is no use. Outside any
    transaction.
    """
    if wire.wire(settings.gateway.wire).at_desks:
        return signing.as_operator(settings, person)
    settings = sessions.entered(settings, code, institution_id, environment)
    return signing.signed(settings, code, institution_id, environment, person)


def is_over(settings: wire.WireSettings, exchange: wire.Exchange[Any]) -> bool:
    """Whether the gateway said that the call was not carried out because what let it in is not valid any more."""
    return sessions.is_over(settings, exchange) or signing.is_over(settings, exchange)


def forget(settings: wire.WireSettings, institution_id: int, environment: str) -> None:
    """The gateway does not know it any more: the next call signs in. A newer one stays."""
    if sessions.rules_of(settings) is not None:
        sessions.forget(settings, institution_id, environment)
    if signing.rules_of(settings) is not None:
        signing.forget(settings, institution_id, environment)


def again(settings: wire.WireSettings) -> str:
    """The sentence for a call that will be made once more."""
    return SIGN_AGAIN if settings.sign_no else AGAIN


def still_over(settings: wire.WireSettings) -> str:
    """The sentence for a call that was turned away twice in a row."""
    return STILL_NOT_SIGNED if settings.sign_no else STILL_OVER
