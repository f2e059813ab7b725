from typing import Any
from urllib.parse import quote, urlencode

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clearing.forms import WideScopeForm
from clearing.models import Scope
from clearing.papers import AT_ONCE, FORMATS, disbursement_count, file_name, make, scope_paper
from clearing.services import Refused
from clearing.views.asking import chosen
from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.jobs import start
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.xlsx import CONTENT_TYPE as XLSX

TYPES = {"pdf": PDF, "xlsx": XLSX}


@page("clearing.papers.make")
def disbursement(request: PortalRequest) -> HttpResponseBase:
    """核拨表 (9.1): choose, look, download."""
    form, scope = chosen(request, WideScopeForm)
    context: dict[str, Any] = {"form": form, "scope": scope, "at_once": AT_ONCE}
    if scope:
        try:
            context |= {"count": disbursement_count(scope), "query": query_of(scope)}
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    return render(request, "clearing/disbursement.html", context)


@page("clearing.papers.make")
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def disbursement_preview(request: PortalRequest) -> HttpResponseBase:
    """The PDF inside our own page."""
    _, scope = chosen(request, WideScopeForm)
    try:
        if scope is None or disbursement_count(scope) > AT_ONCE:
            return render(request, "clearing/parts/no_preview.html", status=400)
        content = make(scope_paper(scope, by=request.member), "pdf", by=request.member)
    except Refused as refusal:
        return render(request, "clearing/parts/no_preview.html", {"sentence": refusal.sentence}, status=409)
    return answer(content, file_name(scope, "pdf"), PDF, "inline")


@page("clearing.papers.make", methods=("POST",))
def disbursement_download(request: PortalRequest) -> HttpResponseBase:
    """The file, or for many rows a job that makes it."""
    form, scope = chosen(request, WideScopeForm)
    kind = request.POST.get("format", "")
    if scope is None or kind not in FORMATS:
        return render(request, "clearing/disbursement.html", {"form": form, "scope": None}, status=400)
    try:
        count = disbursement_count(scope)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(f"{request.path.removesuffix('download/')}?{query_of(scope)}")
    if count <= AT_ONCE:
        return answer(
            make(scope_paper(scope, by=request.member), kind, by=request.member), file_name(scope, kind), TYPES[kind]
        )
    job = start_paper(scope, kind, request)
    return redirect("jobs:job", job.pk)


def start_paper(scope: Scope, kind: str, request: PortalRequest) -> Any:
    params = {name: getattr(scope, name) for name in ("environment", "year", "insurance", "agency")}
    title = f"生成核拨表（{kind.upper()}）：{scope}"
    key = f"{scope.environment}-{scope.key}-{kind}-{request.member.label}"
    return start("clearing.paper", key, by=request.member, title=title, params={**params, "format": kind})


def query_of(scope: Scope) -> str:
    return urlencode({"year": scope.year, "insurance": scope.insurance, "agency": scope.agency})


def answer(content: bytes, name: str, content_type: str, disposition: str = "attachment") -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
