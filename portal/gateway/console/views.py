"""The pages of the test console."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.console import sheet
from portal.gateway.console.lists import CallList, is_waiting, latest
from portal.gateway.console.models import ConsoleCall
from portal.gateway.console.picking import offered
from portal.gateway.console.result import result
from portal.gateway.console.services import Kind, again, sample_tree, send
from portal.gateway.journal.services import NotAllowed
from portal.gateway.messages import class_in_use, gateways


@page("gateway.console.view")
def console(request: PortalRequest) -> HttpResponseBase:
    """Every gateway's transactions, found by code, title or pinyin; and what one sent lately."""
    words, name = request.GET.get("q", "")[:60], request.GET.get("gateway", "")
    found = offered(request.member, words, name)
    context = {
        "offered": found,
        "count": sum(len(one.kinds) for one in found),
        "q": words,
        "gateway": name,
        "gateways": [(one.name, one.title) for one in gateways()],
        "calls": latest(request.member),
    }
    return render(request, "gateway/console/console.html", context)


@page("gateway.console.view")
def console_edit(request: PortalRequest, gateway: str, code: str) -> HttpResponseBase:
    """One transaction, filled with a legal sample, or with an earlier call."""
    kind = kind_or_404(request, gateway, code)
    earlier = get_or_404(ConsoleCall, request.GET["again"]) if is_id(request.GET.get("again", "")) else None
    if earlier is not None and (earlier.gateway, earlier.kind) != (kind.gateway.name, kind.code):
        raise Http404
    if earlier is not None:
        tree = again(earlier, request.member)
    else:
        tree = sample_tree(kind, required_only=request.GET.get("fill") == "required")
    mode = "json" if request.GET.get("mode") == "json" else "form"
    return sheet.page_of(request, sheet.Sheet(kind, tree, mode=mode, earlier=earlier))


@page("gateway.console.use", methods=("POST",))
def console_work(request: PortalRequest, gateway: str, code: str) -> HttpResponseBase:
    """One press of a button on that page: change the form, switch, check, or send."""
    kind = kind_or_404(request, gateway, code)
    now = sheet.typed(kind, request)
    act, _, place = request.POST.get("act", "check").partition(":")
    if act != "send":
        return sheet.page_of(request, sheet.after(now, act, place))
    checked = sheet.after(now, "check", "")
    if checked.faults or checked.unreadable:
        return sheet.page_of(request, checked)
    try:
        call = send(kind, sheet.whole(now, request.member), by=request.member, form=now.form)
    except NotAllowed as refusal:
        messages.error(request, refusal.sentence)
        return sheet.page_of(request, now)
    return redirect("gateway:console-call", call.pk)


@page("gateway.console.view")
def console_calls(request: PortalRequest) -> HttpResponseBase:
    return CallList(request.member, request.GET).respond(request)


@page("gateway.console.view")
def console_call(request: PortalRequest, call_id: UUID) -> HttpResponseBase:
    """What was sent, what came back, how long it took, what it means."""
    call = get_or_404(ConsoleCall, call_id)
    return render(request, "gateway/console/call.html", result(call, request.member))


@page("gateway.console.view")
def console_call_part(request: PortalRequest, call_id: UUID) -> HttpResponseBase:
    """What the page asks for while the answer is awaited; the whole page is loaded when something has changed."""
    call = get_or_404(ConsoleCall, call_id)
    context = result(call, request.member)
    if not is_waiting(call) or request.GET.get("state") != context["state"]:
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "gateway/console/waiting.html", context)


def kind_or_404(request: PortalRequest, gateway: str, code: str) -> Kind:
    environment = request.member.institution.environment if request.member.institution else ""
    try:
        return class_in_use(gateway, code, environment)
    except LookupError:
        raise Http404("没有这种交易") from None


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
