"""The pages before a session exists: sign-in, second factor, locked, forgotten password."""

import math
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.forms import CodeForm, ForgotForm, SignInForm
from portal.access.gate import open_page
from portal.access.models import User
from portal.access.services import accounts
from portal.access.services import sign_in as sessions
from portal.access.services.refusals import NotAllowed

REMEMBERED = "remembered_user"
REMEMBER_DAYS = 180
#: Between password and second factor: seconds, and tries of the latter.
HALF_OPEN_SECONDS, CODE_TRIES = 300, 5
HALF_OPEN = "half_open"
ENDED = {
    "idle": "您超过 5 分钟没有操作，已自动退出。请重新登录，未提交的内容会在原页面恢复。",
    "elsewhere": "您的账号已在其他地方登录，这里的会话已结束。如非本人操作，请立即修改密码并联系管理员。",
    "reset": "会话已结束，请重新登录。",
}


@open_page(methods=("GET", "POST"), reason="there is no session before signing in")
def sign_in(request: HttpRequest) -> HttpResponse:
    next_page = safe_next(request)
    if isinstance(request.user, User):
        return redirect(next_page)
    remembered = request.COOKIES.get(REMEMBERED, "")
    form = SignInForm(request.POST or None, initial={"username": remembered, "remember": bool(remembered)})
    known = remembered or request.POST.get("username")
    form.fields["password" if known else "username"].widget.attrs["autofocus"] = True
    if form.is_valid():
        try:
            user = sessions.check_credentials(request, form.cleaned_data["username"], form.cleaned_data["password"])
        except NotAllowed as refusal:
            form.add_error(None, refusal.message)
        else:
            return remember(continue_sign_in(request, user, next_page), user, form.cleaned_data["remember"])
    # Kept until somebody signs in: a poll and the page itself may both be sent here, and both should say it.
    ended = ENDED.get(request.session.get("ended", "") or request.GET.get("ended", ""), "")
    return render(request, "access/sign_in.html", {"form": form, "ended": ended, "next": next_page})


def continue_sign_in(request: HttpRequest, user: User, next_page: str) -> HttpResponse:
    """Straight in, or on to the second factor of somebody who has one."""
    if accounts.confirmed_device(user) is None:
        sessions.open_session(request, user)
        return redirect(next_page)
    request.session.cycle_key()
    request.session[HALF_OPEN] = {"user": user.pk, "at": time.time(), "tries": 0}
    return redirect(f"{reverse('access:sign-in-code')}?{urlencode({'next': next_page})}")


@open_page(methods=("GET", "POST"), reason="second step of signing in, before the session exists")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    half = request.session.get(HALF_OPEN)
    if half is None or time.time() - half["at"] > HALF_OPEN_SECONDS or half["tries"] >= CODE_TRIES:
        request.session.pop(HALF_OPEN, None)
        messages.warning(request, "等待动态口令的时间过长或输入错误次数过多，请重新登录")
        return redirect("access:sign-in")
    user = User.objects.get(pk=half["user"])
    device, form = accounts.confirmed_device(user), CodeForm(request.POST or None)
    if device is not None and form.is_valid():
        request.session[HALF_OPEN] = {**half, "tries": half["tries"] + 1}
        if accounts.verify(device, form.cleaned_data["token"]):
            del request.session[HALF_OPEN]
            sessions.open_session(request, user, device)
            return redirect(safe_next(request))
        sessions.record_wrong_token(request, user)
        form.add_error("token", "动态口令不正确或已使用过，请等下一个口令再试")
    return render(request, "access/sign_in_code.html", {"form": form, "next": safe_next(request)})


@open_page(methods=("GET", "POST"), reason="for people who cannot sign in")
def forgot(request: HttpRequest) -> HttpResponse:
    user = User.objects.filter(username=request.POST.get("username", "").replace("\0", "")).first()
    form = ForgotForm(request.POST or None, user=user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            accounts.use_reset_code(given["username"], given["code"], given["new"], by=sessions.visitor(request))
        except NotAllowed as refusal:
            form.add_error(None, refusal.message)
        except ValidationError as error:
            form.add_error("new", error)
        else:
            messages.success(request, "新密码已设置，请用它登录")
            return redirect("access:sign-in")
    return render(request, "access/forgot.html", {"form": form})


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any]) -> HttpResponse:
    """What axes shows to a locked account instead of the sign-in page; how long, and who can end it."""
    ends = sessions.locked_until(str(credentials.get("username", "")), request.META.get("REMOTE_ADDR", ""))
    seconds = (ends - timezone.now()).total_seconds() if ends else settings.AXES_COOLOFF_TIME * 3600
    return render(request, "access/locked.html", {"minutes": max(1, math.ceil(seconds / 60))}, status=429)


def remember(response: HttpResponse, user: User, wanted: bool) -> HttpResponse:
    """Remember the user name, and nothing else, in this browser."""
    if not wanted:
        response.delete_cookie(REMEMBERED, samesite="Lax")
        return response
    response.set_cookie(
        REMEMBERED,
        user.username,
        max_age=REMEMBER_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def safe_next(request: HttpRequest) -> str:
    """The page of this site that was asked for, else the start page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return (
        wanted if allowed and not wanted.startswith(reverse("access:sign-in")) else reverse(settings.LOGIN_REDIRECT_URL)
    )
