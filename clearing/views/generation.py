from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from clearing.forms import WideScopeForm
from clearing.models import Generation, GenerationState, RowState
from clearing.services import request_fetch, request_generation, request_revocation
from clearing.services.overview import live_generations, live_rows, standing
from clearing.views.asking import acted, chosen, environment, initial
from portal.access.gate import page
from portal.access.member import PortalRequest

SHOWN = 12
#: Rows that keep a scope from being revoked, by name.
NAMED = 20


@page("clearing.generation.request", methods=("GET", "POST"))
def generation_request(request: PortalRequest) -> HttpResponseBase:
    """生成清算数据 (5.1)."""
    form = WideScopeForm(request.POST or None, initial=initial(request))
    if request.method == "POST" and form.is_valid():
        scope = form.scope(environment(request))
        if acted(form, lambda: request_generation(scope, by=request.member)):
            messages.success(request, f"已提交生成{scope}，结果将显示在下方，可以离开本页")
            return redirect("clearing:generation-request")
    return render(request, "clearing/generation_request.html", {"form": form, **_recent(request)})


@page("clearing.rows.view")
def generation_progress(request: PortalRequest) -> HttpResponseBase:
    """The table of batches alone, asked for while one is moving."""
    return render(request, "clearing/parts/generations.html", _recent(request))


@page("clearing.generation.request", methods=("POST",))
def fetch(request: PortalRequest) -> HttpResponseBase:
    """Ask the centre for the rows again."""
    form = WideScopeForm(request.POST)
    jobs = None
    if form.is_valid():
        jobs = acted(form, lambda: request_fetch(form.scope(environment(request)), by=request.member))
    if jobs:
        messages.success(request, "已开始重新获取清算数据，进度见右上角“办理进度”")
        return redirect("clearing:generation-request")
    return render(request, "clearing/generation_request.html", {"form": form, **_recent(request)})


@page("clearing.generation.revoke", methods=("GET", "POST"))
def generation_revoke(request: PortalRequest) -> HttpResponseBase:
    """撤销生成 (5.2): first what would go, then the red button."""
    form, scope = chosen(request, WideScopeForm)
    if request.method == "POST" and scope and acted(form, lambda: request_revocation(scope, by=request.member)):
        messages.success(request, f"已提交撤销{scope}，{_next(request)}")
        return redirect("clearing:generation-revoke")
    context: dict[str, Any] = {"form": form, "scope": scope, "next": _next(request)}
    if scope:
        fixed = live_rows(scope).exclude(state=RowState.GENERATED).order_by("provider_code", "row_id")
        now = standing(scope)
        context |= {"standing": now, "generations": live_generations(scope), "held": fixed[:NAMED]}
        context["held_more"] = max(0, now.rows - now.generated - NAMED)
    return render(request, "clearing/generation_revoke.html", context)


def _recent(request: PortalRequest) -> dict[str, Any]:
    found = Generation.objects.filter(environment=environment(request)).select_related("requested_by", "operation")
    moving = [GenerationState.REQUESTED, GenerationState.FETCHING, GenerationState.REVOKING]
    rows = list(found[:SHOWN])
    return {"generations": rows, "moving": any(row.state in moving for row in rows)}


def _next(request: PortalRequest) -> str:
    assert request.member.institution
    return "须由复核人员复核后才会发送" if request.member.institution.four_eyes else "结果将显示在“办理进度”"
