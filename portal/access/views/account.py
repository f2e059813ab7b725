"""Pages of one's own account: password, second factor, staying, leaving, switching."""

import django_otp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from portal.access.forms import PasswordForm, TokenForm
from portal.access.gate import active_memberships, break_glass_of, needs_totp, signed_in_page
from portal.access.member import PortalRequest
from portal.access.models import User
from portal.access.services import accounts, glass
from portal.access.services import sign_in as sessions
from portal.access.services.refusals import NotAllowed

PASSWORD_TRIES = 5


@signed_in_page(methods=("GET", "POST"), reason="everybody may, and at first must, change their own password")
def password(request: PortalRequest) -> HttpResponse:
    user = own(request)
    form = PasswordForm(request.POST or None, user=user)
    if form.is_valid() and current_is_right(request, user, form):
        try:
            accounts.change_password(user, form.cleaned_data["new"], by=request.member)
        except ValidationError as error:
            form.add_error("new", error)
        else:
            update_session_auth_hash(request, user)
            sessions.own_session(request, user)
            messages.success(request, "密码已修改")
            return redirect(settings.LOGIN_REDIRECT_URL)
    if not isinstance(request.user, User):
        return redirect("access:sign-in")
    why = "first" if user.must_change_password else "expired" if user.password_expired else ""
    if why:
        stand_outside(request)
    return render(request, "access/password.html", {"form": form, "why": why, "days": settings.PASSWORD_DAYS})


def current_is_right(request: PortalRequest, user: User, form: PasswordForm) -> bool:
    """The current password fits; after five wrong ones the session ends, it may not be its owner who sits there."""
    if "current" not in form.fields or user.check_password(form.cleaned_data["current"]):
        request.session.pop("password_tries", None)
        return True
    tries = request.session.get("password_tries", 0) + 1
    request.session["password_tries"] = tries
    if tries >= PASSWORD_TRIES:
        sessions.end_session(request, "password")
    form.add_error("current", "当前密码不正确")
    return False


@signed_in_page(methods=("GET", "POST"), reason="everybody may use a second factor for their own account")
def totp(request: PortalRequest) -> HttpResponse:
    user, form = own(request), TokenForm(request.POST or None)
    enrolled = accounts.confirmed_device(user)
    renewing = "renew" in request.GET and getattr(user, "otp_device", None) is not None
    if enrolled is not None and not renewing:
        return render(request, "access/totp.html", {"enrolled": enrolled})
    if form.is_valid():
        try:
            device = accounts.confirm_device(user, form.cleaned_data["token"], by=request.member)
        except NotAllowed as refusal:
            form.add_error("token", refusal.message)
        else:
            django_otp.login(request, device)
            messages.success(request, "动态口令已启用，下次登录时需要输入")
            return redirect(settings.LOGIN_REDIRECT_URL)
    device = accounts.unconfirmed_device(user)
    context = {"form": form, "secret": accounts.secret_of(device), "address": device.config_url}
    required = needs_totp(request)
    if required:
        stand_outside(request)
    return render(request, "access/totp.html", {**context, "required": required})


@signed_in_page(methods=("POST",), reason="says that the person is still there; changes nothing else")
def keepalive(request: PortalRequest) -> HttpResponse:
    return JsonResponse({"seconds": settings.IDLE_SECONDS})


@signed_in_page(methods=("GET", "POST"), reason="everybody may leave")
def sign_out(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "access/sign_out.html")
    if open_glass := break_glass_of(request):
        glass.close_glass(request, open_glass, by=request.member)
    sessions.close_session(request, by=request.member)
    messages.success(request, "您已退出")
    return redirect("access:sign-in")


@signed_in_page(methods=("POST",), reason="checks the membership itself; foreign institutions are 404")
def switch(request: PortalRequest) -> HttpResponse:
    wanted = request.POST.get("institution", "")
    for membership in active_memberships(own(request)):
        if str(membership.institution.public_id) == wanted:
            sessions.switch_institution(request, membership.institution, by=request.member)
            messages.info(request, f"已切换到{membership.institution.name}")
            return redirect(settings.LOGIN_REDIRECT_URL)
    raise Http404("没有找到这家机构")


def stand_outside(request: PortalRequest) -> None:
    """Show the plain page: there is nowhere to go before this step is done."""
    del request.member


def own(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
