"""The gate: every view names one permission; the gate authenticates, finds the membership, checks, opens the door.

A view behind it is fetch, act, say, go. A foreign row is 404 (row security hides it), a forbidden act 403 and recorded.
Each gated view carries `.gate`, from which the role × URL matrix of the contract tests is derived.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from portal.access.door import platform_tx, tenant_tx
from portal.access.member import Member, PortalRequest
from portal.access.models import BreakGlass, Membership, User
from portal.access.permissions import AUDITOR, INSTITUTION_ADMIN, PLATFORM_ADMIN, REVIEWER, Permission, permission
from portal.access.rows import has_environment
from portal.access.services.refusals import StandStill
from portal.access.stamps import outdated

View = Callable[..., HttpResponseBase]
Side = Literal["institution", "platform", "signed-in", "open"]
M = TypeVar("M", bound=models.Model)
SESSION_INSTITUTION = "institution"
SESSION_GLASS = "break_glass"
#: Who must sign in with a second factor in production (design 4.3).
NEED_TOTP = frozenset({REVIEWER.value, INSTITUTION_ADMIN.value, PLATFORM_ADMIN.value})

#: Rows that a view of the API has asked for by id: a refusal says which operation about them is under way.
asked_for: ContextVar[list[Any] | None] = ContextVar("asked_for", default=None)


@dataclass(frozen=True)
class Gate:
    """What a view demands; the contract tests read it off the resolver."""

    side: Side
    permission: Permission | None
    methods: tuple[str, ...]
    reason: str = ""
    #: False: the view's services open their doors themselves (what they do is recorded on two chains).
    door: bool = True


def page(name: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page of an institution: membership with this permission, inside that institution's door."""
    return _gated(Gate("institution", permission(name), methods))


def platform_page(name: str, *, methods: tuple[str, ...] = ("GET",), door: bool = True) -> Callable[[View], View]:
    """A page of the platform: sees only tables with platform rows. With door=False the view opens its own doors."""
    return _gated(Gate("platform", permission(name), methods, door=door))


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
        request.member = own_member(request)
        return _finished(act())
    if request.user.needs_new_password:
        return redirect("access:password")
    if gate.side == "platform":
        request.member = platform_member(request)
    elif request.user.is_platform_admin and _is_start(request) and not _works_somewhere(request):
        return redirect("access:institutions")
    else:
        request.member = institution_member(request)
    if needs_totp(request):
        return redirect("access:totp")
    check(gate, request)
    if gate.side == "institution" and (sentence := outdated(request)):
        return _conflict(request, sentence)
    if not gate.door:
        return _finished(act())
    if gate.side == "platform":
        with platform_tx():
            return _finished(act())
    try:
        with tenant_tx(request.member.institution_id):
            _record_glass(request)
            return _finished(act())
    except StandStill as refusal:
        return _conflict(request, refusal.sentence)


def _conflict(request: PortalRequest, sentence: str) -> HttpResponseBase:
    """Nothing was done, and why; a page that is only looking at parts of itself is loaded anew."""
    from portal.web.errors import conflict

    if request.headers.get("HX-Request"):
        messages.warning(request, sentence)
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return conflict(request, sentence)


def _is_start(request: PortalRequest) -> bool:
    return request.path == reverse(settings.LOGIN_REDIRECT_URL)


def _works_somewhere(request: PortalRequest) -> bool:
    return break_glass_of(request) is not None or bool(active_memberships(cast(User, request.user)))


def needs_totp(request: PortalRequest) -> bool:
    """Whether this session must show a second factor before it goes on (production only)."""
    wanted = settings.PRODUCTION and bool(request.member.roles & NEED_TOTP)
    return wanted and not getattr(request.user, "is_verified", lambda: False)()


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
    from portal.access.actions import REFUSED
    from portal.access.services.chains import note

    label, institution = gate.permission.label, request.member.institution
    note(REFUSED, by=request.member, institution=institution, permission=label, path=request.path)
    raise PermissionDenied(f"您没有“{label}”的权限")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, which leads back here; a part page sends the whole window there."""
    page = request.get_full_path() if request.method == "GET" else ""
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))._replace(scheme="", netloc="").geturl()
    query = {"next": page if page != "/" else "", "ended": getattr(request, "session_ended", "")}
    query = {name: value for name, value in query.items() if value}
    address = reverse("access:sign-in") + (f"?{urlencode(query)}" if query else "")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def own_member(request: PortalRequest) -> Member:
    """For pages of one's own account: in the chosen institution if there is one."""
    try:
        return institution_member(request)
    except PermissionDenied:
        return platform_member(request)


def platform_member(request: PortalRequest) -> Member:
    user = cast(User, request.user)
    roles = frozenset({PLATFORM_ADMIN.value}) if user.is_platform_admin else frozenset[str]()
    return Member(user, None, roles, *_origin(request))


def institution_member(request: PortalRequest) -> Member:
    """The signed-in person in the chosen institution (the first one when none is chosen yet).

    Raises PermissionDenied when the person belongs to no active institution.
    """
    user = cast(User, request.user)
    if glass := break_glass_of(request):
        return Member(user, glass.institution, frozenset({AUDITOR.value}), *_origin(request))
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


def break_glass_of(request: HttpRequest) -> BreakGlass | None:
    """The emergency view that is open in this session, with its institution; None once its half hour is over."""
    if "portal_glass" not in request.__dict__:
        request.__dict__["portal_glass"] = _find_glass(request)
    glass: BreakGlass | None = request.__dict__["portal_glass"]
    return glass


def _find_glass(request: HttpRequest) -> BreakGlass | None:
    session = getattr(request, "session", {})
    if SESSION_GLASS not in session or not isinstance(request.user, User):
        return None
    with platform_tx():
        found = BreakGlass.objects.select_related("institution").filter(pk=session[SESSION_GLASS], user=request.user)
        glass = found.first()
    if glass is not None and glass.is_open and request.user.is_platform_admin:
        return glass
    del session[SESSION_GLASS]
    return None


def _record_glass(request: PortalRequest) -> None:
    """What was looked at through broken glass stands in the institution's own chain."""
    from portal.access.actions import GLASS_USED
    from portal.audit import record

    if break_glass_of(request) and request.headers.get("X-Background") != "1":
        record(GLASS_USED, by=request.member, path=request.path)


def _origin(request: PortalRequest) -> tuple[str, str]:
    return request.META.get("REMOTE_ADDR", ""), request.request_id


def get_or_404(model: type[M], pk: Any, **conditions: Any) -> M:
    """The row, or Http404 with the same words for a random id and another institution's row.

    A row of the environment that its institution does not work in now is not there either, unless its table says
    that it can be reached from anywhere.
    """
    if has_environment(model) and not getattr(model, "reached_anywhere", False):
        conditions.setdefault("environment", models.F("institution__environment"))
    try:
        row = model._default_manager.get(pk=pk, **conditions)
    except ObjectDoesNotExist:
        raise Http404("没有找到这条记录") from None
    if (seen := asked_for.get()) is not None:
        seen.append(row)
    return row
