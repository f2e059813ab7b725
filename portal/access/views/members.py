"""People of the institution, for its administrator; role grants, for the second person."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.access.forms import InviteForm, RolesForm
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.models import GrantState, Membership, RoleGrant
from portal.access.services import members as services
from portal.access.services.refusals import NotAllowed
from portal.access.services.sign_in import locked_until, locks

WAITS = "角色须由另一位机构管理员或复核人员复核后生效"


@page("access.members.view")
def members(request: PortalRequest) -> HttpResponse:
    rows = list(Membership.objects.select_related("user").order_by("-is_active", "user__username"))
    waiting = {grant.membership_id: grant for grant in RoleGrant.objects.filter(state=GrantState.WAITING)}
    secured = set(
        TOTPDevice.objects.filter(user__in=[row.user_id for row in rows], confirmed=True).values_list("user", flat=True)
    )
    locked = locks([row.user.username for row in rows])
    listed = [
        {
            "row": row,
            "locked": locked.get(row.user.username),
            "waiting": waiting.get(row.pk),
            "totp": row.user_id in secured,
        }
        for row in rows
    ]
    return render(request, "access/members.html", {"listed": listed, "may_manage": request.member.may(MANAGE)})


MANAGE = "access.members.manage"


@page(MANAGE, methods=("GET", "POST"))
def invite(request: PortalRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            membership, password, grant = services.invite_member(
                given["username"], given["full_name"], given["roles"], by=request.member
            )
        except ValidationError as error:
            if services.username_taken(error):
                form.add_error("username", "用户名已被使用。如果就是此人的账号，请平台管理员将其加入本机构")
            else:
                form.add_error(None, error)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return show_once(request, membership, "一次性密码", password, WAITS if grant else "")
    return render(request, "access/member_invite.html", {"form": form})


@page(MANAGE, methods=("GET", "POST"))
def member(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    row = get_or_404(Membership, membership_id)
    form = RolesForm(request.POST or None, initial={"roles": row.roles})
    if form.is_valid():
        try:
            grant = services.change_roles(row, form.cleaned_data["roles"], by=request.member)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, f"已提交，{WAITS}" if grant else "角色已更新")
            return redirect("access:member", row.pk)
    device = TOTPDevice.objects.filter(user=row.user, confirmed=True).exists()
    context = {
        "row": row,
        "form": form,
        "totp": device,
        "locked": locked_until(row.user.username),
        "grants": row.grants.select_related("requested_by", "decided_by")[:10],
        "is_self": request.member.is_user(row.user_id),
        "managed_here": row.user.managed_by_id == row.institution_id and not row.user.is_platform_admin,
    }
    return render(request, "access/member.html", context)


@page(MANAGE, methods=("POST",))
def deactivate(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    return act(request, membership_id, services.deactivate_member, "已停用，此人立即不能再进入本机构")


@page(MANAGE, methods=("POST",))
def activate(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    return act(request, membership_id, services.activate_member, "已启用")


@page("access.members.unlock", methods=("POST",))
def unlock(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    return act(request, membership_id, services.unlock_member, "已解除锁定，可以立即登录")


@page(MANAGE, methods=("POST",))
def remove_totp(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    return act(request, membership_id, services.remove_totp, "已取消动态口令，此人下次登录后可重新启用")


@page(MANAGE, methods=("POST",))
def reset_code(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    row = get_or_404(Membership, membership_id)
    try:
        code = services.make_reset_code(row, by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
        return redirect("access:member", row.pk)
    return show_once(request, row, "重置码", code, "")


@page("access.members.approve")
def grants(request: PortalRequest) -> HttpResponse:
    rows = RoleGrant.objects.select_related("person", "requested_by", "decided_by").order_by("-requested_at")
    waiting = list(rows.filter(state=GrantState.WAITING))
    decided = list(rows.exclude(state=GrantState.WAITING)[:50])
    user_id = request.member.user.pk if request.member.user else None
    listed = [(grant, user_id not in (grant.requested_by_id, grant.person_id)) for grant in waiting]
    return render(request, "access/grants.html", {"listed": listed, "decided": decided})


@page("access.members.approve", methods=("POST",))
def decide(request: PortalRequest, grant_id: UUID) -> HttpResponse:
    grant, approve = get_or_404(RoleGrant, grant_id), request.POST.get("decision") == "approve"
    try:
        services.decide_grant(grant, approve=approve, by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已同意，角色立即生效" if approve else "已退回，角色不变")
    return redirect("access:grants")


def act(request: PortalRequest, membership_id: UUID, service: object, done: str) -> HttpResponse:
    row = get_or_404(Membership, membership_id)
    try:
        grant = service(row, by=request.member)  # type: ignore[operator]
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{done}，{WAITS}" if grant else done)
    return redirect("access:member", row.pk)


def show_once(request: PortalRequest, row: Membership, what: str, secret: str, note: str) -> HttpResponse:
    """The only page that ever shows this secret; not kept by the browser (the gate forbids caching)."""
    context = {"row": row, "person": row.user, "what": what, "secret": secret, "note": note}
    return render(request, "access/secret_once.html", context)
