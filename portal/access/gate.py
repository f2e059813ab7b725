"""The gate: every view names one permission; the gate authenticates, finds the membership, checks, opens the door.

A view behind it is fetch, act, say, go. A foreign row is 404 (row security hides it), a forbidden act 403 and recorded.
Each gated view carries `.gate`, from which the role × URL matrix of the contract tests is derived.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from portal.access.door import platform_tx, tenant_tx
from portal.access.member import Member, PortalRequest
from portal.access.models import Membership, User
from portal.access.permissions import PLATFORM_ADMIN, Permission, permission

View = Callable[..., HttpResponseBase]
Side = Literal["institution", "platform", "signed-in", "open"]
M = TypeVar("M", bound=models.Model)
SESSION_INSTITUTION = "institution"


@dataclass(frozen=True)
class Gate:
    """What a view demands; the contract tests read it off the resolver."""

    side: Side
    permission: Permission | None
    methods: tuple[str, ...]
    reason: str = ""


def page(name: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page of an institution: membership with this permission, inside that institution's door."""
    return _gated(Gate("institution", permission(name), methods))


def platform_page(name: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page of the platform: sees only tables with platform rows."""
    return _gated(Gate("platform", permission(name), methods))


def signed_in_page(*, methods: tuple[str, ...] = ("GET",), reason: str) -> Callable[[View], View]:
    """A page of one's own account, also before the first password change; opens no door."""
    return _gated(Gate("signed-in", None, methods, reason))


def open_page(*, methods: tuple[str, ...] = ("GET",), reason: str) -> Callable[[View], View]:
    """A page without sign-in; say why."""
    return _gated(Gate("open", None, methods, reason))


def _gated(gate: Gate) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return pass_gate(gate, cast(PortalRequest, request), lambda: view(request, *args, **kwargs))

        guarded.gate = gate  # type: ignore[attr-defined]
        return guarded

    return wrap


def pass_gate(gate: Gate, request: PortalRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run `act` if the gate lets this request through; the admin site uses it as well."""
    if request.method not in gate.methods and not (request.method == "HEAD" and "GET" in gate.methods):
        return HttpResponseNotAllowed(gate.methods)
    if gate.side == "open":
        return _finished(act())
    if not isinstance(request.user, User):
        return to_sign_in(request)
    if gate.side == "signed-in":
        request.member = platform_member(request)
        return _finished(act())
    if request.user.needs_new_password:
        return redirect("access:password")
    if gate.side == "platform":
        request.member = platform_member(request)
        check(gate, request)
        with platform_tx():
            return _finished(act())
    request.member = institution_member(request)
    check(gate, request)
    with tenant_tx(request.member.institution_id):
        return _finished(act())


def _finished(response: HttpResponseBase) -> HttpResponseBase:
    """Render inside the door: nothing may be evaluated after it has closed."""
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    if response.streaming and not getattr(response, "file_to_stream", None):
        raise RuntimeError("a view behind the gate may not stream rows: they would be read outside the door")
    return response


def check(gate: Gate, request: PortalRequest) -> None:
    """Raise PermissionDenied (403) and record the refusal when the member lacks the gate's permission."""
    if gate.permission is None or request.member.may(gate.permission.name):
        return
    from portal.audit import record_platform
    from portal.access.actions import REFUSED

    with platform_tx():
        record_platform(REFUSED, by=request.member, permission=gate.permission.name, path=request.path)
    raise PermissionDenied(f"您没有“{gate.permission.label}”的权限")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    address = f"{reverse('access:sign-in')}?next={request.get_full_path()}" if request.method == "GET" else reverse(
        "access:sign-in"
    )
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("access:sign-in")
        return response
    return redirect(address)


def platform_member(request: PortalRequest) -> Member:
    user = cast(User, request.user)
    roles = frozenset({PLATFORM_ADMIN.value}) if user.is_platform_admin else frozenset[str]()
    return Member(user, None, roles, *_origin(request))


def institution_member(request: PortalRequest) -> Member:
    """The signed-in person in the chosen institution (the first one when none is chosen yet).

    Raises PermissionDenied when the person belongs to no active institution.
    """
    user = cast(User, request.user)
    memberships = {m.institution_id: m for m in active_memberships(user)}
    membership = memberships.get(request.session.get(SESSION_INSTITUTION)) or next(iter(memberships.values()), None)
    if membership is None:
        raise PermissionDenied("您的账号没有加入任何启用的机构，请联系管理员")
    request.session.setdefault(SESSION_INSTITUTION, membership.institution_id)
    return Member(user, membership.institution, frozenset(membership.roles), *_origin(request))


def active_memberships(user: User) -> list[Membership]:
    """The person's memberships in active institutions, with institution, by its code."""
    rows = Membership.objects.filter(user=user, is_active=True, institution__is_active=True)
    with platform_tx():
        return list(rows.select_related("institution").order_by("institution__code"))


def _origin(request: PortalRequest) -> tuple[str, str]:
    return request.META.get("REMOTE_ADDR", ""), request.request_id


def get_or_404(model: type[M], pk: Any, **conditions: Any) -> M:
    """The row, or Http404 with the same words for a random id and another institution's row."""
    try:
        return model._default_manager.get(pk=pk, **conditions)
    except model.DoesNotExist:
        raise Http404("没有找到这条记录") from None
