"""Keys of hospital systems, for the institution's administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal.access.forms import KeyForm
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.models import InstitutionKey
from portal.access.permissions import permission
from portal.access.services.keys import create_key, revoke_key
from portal.access.services.refusals import NotAllowed


@page("access.keys.manage")
def keys(request: PortalRequest) -> HttpResponse:
    rows = InstitutionKey.objects.select_related("made_by").order_by("revoked", "-created")
    listed = [(row, [label_of(name) for name in row.scopes]) for row in rows]
    return render(request, "access/keys.html", {"listed": listed})


@page("access.keys.manage", methods=("GET", "POST"))
def create(request: PortalRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            key, text = create_key(**given, by=request.member)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return render(request, "access/key_once.html", {"key": key, "secret": text, "signing": signing_of(key)})
    return render(request, "access/key_create.html", {"form": form})


@page("access.keys.manage", methods=("POST",))
def revoke(request: PortalRequest, key_id: UUID) -> HttpResponse:
    try:
        revoke_key(get_or_404(InstitutionKey, key_id), by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "密钥已作废，使用它的系统立即不能再访问")
    return redirect("access:keys")


def signing_of(key: InstitutionKey) -> str:
    """The signing secret of a key that was just made; "" when it has none."""
    return str(key.signing.reveal()) if key.signing else ""


def label_of(scope: str) -> str:
    """Its label; the name itself once the permission is gone from this version."""
    try:
        return permission(scope).label
    except LookupError:
        return scope
