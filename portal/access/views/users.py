"""Accounts of all institutions, for platform administrators."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.access.forms import UserForm
from portal.access.gate import platform_page
from portal.access.member import Member, PortalRequest
from portal.access.models import Membership, User
from portal.access.services import institutions as services
from portal.access.services.members import username_taken
from portal.access.services.refusals import NotAllowed
from portal.access.services.sign_in import locked_until
from portal.access.views.platform import PLATFORM

ACTS: dict[str, tuple[Callable[[User, Member], None], str]] = {
    "deactivate": (lambda user, by: services.set_active(user, False, by=by), "账号已停用"),
    "activate": (lambda user, by: services.set_active(user, True, by=by), "账号已启用"),
    "unlock": (lambda user, by: services.unlock_user(user, by=by), "已解除锁定"),
    "remove-totp": (lambda user, by: services.remove_user_totp(user, by=by), "已取消动态口令"),
}


@platform_page(PLATFORM)
def users(request: PortalRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip().replace("\0", "")
    rows = User.objects.order_by("username")
    if query:
        rows = rows.filter(Q(username__istartswith=query) | Q(full_name__icontains=query))
    shown = list(rows[:200])
    memberships: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(user__in=shown, is_active=True).select_related("institution"):
        memberships.setdefault(membership.user_id, []).append(membership)
    listed = [(user, memberships.get(user.pk, [])) for user in shown]
    return render(request, "access/users.html", {"listed": listed, "query": query, "total": rows.count()})


@platform_page(PLATFORM, methods=("GET", "POST"), door=False)
def create(request: PortalRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            user, password = services.create_user(
                given["username"], given["full_name"], platform_admin=given["platform_admin"], by=request.member
            )
        except ValidationError as error:
            form.add_error("username", "用户名已被使用" if username_taken(error) else error.messages[0])
        else:
            return render(
                request, "access/secret_once.html", {"person": user, "what": "一次性密码", "secret": password}
            )
    return render(request, "access/user_create.html", {"form": form})


@platform_page(PLATFORM)
def user(request: PortalRequest, user_id: int) -> HttpResponse:
    person = find(user_id)
    context = {
        "person": person,
        "memberships": list(Membership.objects.filter(user=person).select_related("institution")),
        "locked": locked_until(person.username),
        "totp": TOTPDevice.objects.filter(user=person, confirmed=True).exists(),
        "is_self": request.member.is_user(person.pk),
    }
    return render(request, "access/user.html", context)


@platform_page(PLATFORM, methods=("POST",), door=False)
def act(request: PortalRequest, user_id: int, what: str) -> HttpResponse:
    person = find(user_id)
    if what not in ACTS:
        raise Http404("没有这个操作")
    service, done = ACTS[what]
    try:
        service(person, request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("access:user", person.pk)


@platform_page(PLATFORM, methods=("POST",), door=False)
def reset_code(request: PortalRequest, user_id: int) -> HttpResponse:
    person = find(user_id)
    code = services.reset_user(person, by=request.member)
    return render(request, "access/secret_once.html", {"person": person, "what": "重置码", "secret": code})


def find(user_id: int) -> User:
    person = User.objects.filter(pk=user_id).first() if user_id < 2**63 else None
    if person is None:
        raise Http404("没有找到这条记录")
    return person
