"""Sessions: who may open one, one at a time, and how they end (design 4.3)."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta

import django_otp
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import auth
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.access import actions
from portal.access.member import Member
from portal.access.middleware import LAST_SEEN
from portal.access.models import Institution, User
from portal.access.services.chains import home_of, note
from portal.access.services.refusals import NotAllowed

BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG = "用户名或密码不正确"
ENDED = {
    "idle": "长时间未操作",
    "elsewhere": "账号在其他地方登录",
    "reset": "密码已重置或已退出",
    "password": "多次输错当前密码",
}


def check_credentials(request: HttpRequest, username: str, password: str) -> User:
    """The person behind the name and password; raises NotAllowed without saying which of the two was wrong.

    After five failures from one address axes marks the request and its middleware answers with the lock page.
    """
    stranger, known = visitor(request), User.objects.filter(username=username).first()
    was_locked = bool(locked_until(username, stranger.address))
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        if getattr(request, "axes_locked_out", False) and not was_locked:
            minutes = round(settings.AXES_COOLOFF_TIME * 60)
            note(actions.LOCKED_OUT, known, by=stranger, institution=home_of(known), username=username, minutes=minutes)
        reason = "已锁定" if was_locked else WRONG
        note(actions.SIGN_IN_FAILED, known, by=stranger, institution=home_of(known), username=username, reason=reason)
        raise NotAllowed(WRONG)
    if user.must_change_password and timezone.now() > user.one_time_password_expires:
        reason = "一次性密码已过期"
        note(actions.SIGN_IN_FAILED, user, by=stranger, institution=home_of(user), username=username, reason=reason)
        raise NotAllowed(
            f"一次性密码超过 {settings.ONE_TIME_PASSWORD_HOURS} 小时已过期，请向机构管理员索取重置码，再点“忘记密码”"
        )
    return user


def open_session(request: HttpRequest, user: User, device: TOTPDevice | None = None) -> None:
    """Sign in; any other session of this account ends with its next request, and is told why."""
    institution = home_of(user)
    auth.login(request, user, backend=BACKEND)
    if device is not None:
        django_otp.login(request, device)
    own_session(request, user)
    request.session.pop("ended", None)
    request.session[LAST_SEEN] = time.time()
    if institution is not None:
        request.session["institution"] = institution.pk
    by = Member(user, institution, frozenset(), *origin(request))
    note(actions.SIGNED_IN, user, by=by, institution=institution, username=user.username)


def own_session(request: HttpRequest, user: User) -> None:
    """Make this session the account's only one; needed whenever Django gives the session a new key."""
    user.session_key = request.session.session_key or ""
    user.save(update_fields=["session_key"])


def close_session(request: HttpRequest, *, by: Member) -> None:
    """Sign out on purpose."""
    user = by.user
    auth.logout(request)
    if user is not None:
        user.session_key = User.NO_SESSION  # also for older sessions of this account
        user.save(update_fields=["session_key"])
        note(actions.SIGNED_OUT, user, by=by, institution=by.institution, username=user.username)


def end_session(request: HttpRequest, why: str) -> None:
    """Sign out because of idle time, a newer session or a reset."""
    user = request.user
    assert isinstance(user, User)
    institution = home_of(user)
    auth.logout(request)
    by = Member(user, institution, frozenset(), *origin(request))
    words = {"username": user.username, "reason": ENDED.get(why, why)}
    note(actions.SESSION_ENDED, user, by=by, institution=institution, **words)


def record_wrong_token(request: HttpRequest, user: User) -> None:
    words = {"username": user.username, "reason": "动态口令不正确"}
    note(actions.SIGN_IN_FAILED, user, by=visitor(request), institution=home_of(user), **words)


def locked_until(username: str, address: str = "") -> datetime | None:
    """When the lock of this account ends (from this address, or the last of all addresses); None when there is none."""
    return locks([username], address).get(username)


def locks(usernames: Collection[str], address: str = "") -> dict[str, datetime]:
    """The locked ones among these accounts, and when each lock ends; one statement for any number."""
    cool_off = timedelta(hours=settings.AXES_COOLOFF_TIME)
    tries = AccessAttempt.objects.filter(username__in=usernames, attempt_time__gt=timezone.now() - cool_off)
    if address:
        tries = tries.filter(ip_address=address)
    places = tries.values("username", "ip_address").annotate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    ends: dict[str, datetime] = {}
    for place in places.filter(failures__gte=settings.AXES_FAILURE_LIMIT).order_by("last"):
        ends[place["username"]] = place["last"] + cool_off
    return ends


def visitor(request: HttpRequest) -> Member:
    """Somebody who has not signed in."""
    return Member(None, None, frozenset(), *origin(request))


def origin(request: HttpRequest) -> tuple[str, str]:
    return request.META.get("REMOTE_ADDR", ""), getattr(request, "request_id", "")


def switch_institution(request: HttpRequest, institution: Institution, *, by: Member) -> None:
    """Work in another of one's institutions from now on; the caller has checked the membership."""
    request.session["institution"] = institution.pk
    request.session.pop("break_glass", None)
    note(actions.SWITCHED, institution, by=by, institution=institution, name=institution.name)
