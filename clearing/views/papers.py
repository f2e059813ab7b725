from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clearing.forms import WideScopeForm
from clearing.models import Scope
from clearing.papers import AT_ONCE, TYPES, count_of, file_name, gather, make, start_paper
from clearing.services import Refused
from clearing.views.asking import chosen
from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.web.tables.export import attachment

KIND = "disbursement"


@page("clearing.papers.make")
def disbursement(request: PortalRequest) -> HttpResponseBase:
    """核拨表 (9.1): choose, look, download."""
    form, scope = chosen(request, WideScopeForm)
    context: dict[str, Any] = {"form": form, "scope": scope, "at_once": AT_ONCE}
    if scope:
        try:
            context |= {"count": count_of(KIND, scope), "query": query_of(scope)}
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    return render(request, "clearing/disbursement.html", context)


@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@page("clearing.papers.make")
def disbursement_preview(request: PortalRequest) -> HttpResponseBase:
    """The PDF inside our own page."""
    _, scope = chosen(request, WideScopeForm)
    try:
        if scope is None or count_of(KIND, scope) > AT_ONCE:
            return render(request, "clearing/parts/no_preview.html", status=400)
        paper = gather(KIND, scope, by=request.member)
        content = make(paper, "pdf", by=request.member)
    except Refused as refusal:
        return render(request, "clearing/parts/no_preview.html", {"sentence": refusal.sentence}, status=409)
    response = attachment(content, file_name(paper, "pdf"), TYPES["pdf"])
    response["Content-Disposition"] = response["Content-Disposition"].replace("attachment", "inline", 1)
    return response


@page("clearing.papers.make", methods=("POST",))
def disbursement_download(request: PortalRequest) -> HttpResponseBase:
    """The file, or for many rows a job that makes it."""
    form, scope = chosen(request, WideScopeForm)
    kind = request.POST.get("format", "")
    if scope is None or kind not in TYPES:
        return render(request, "clearing/disbursement.html", {"form": form, "scope": None}, status=400)
    try:
        count = count_of(KIND, scope)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(f"{request.path.removesuffix('download/')}?{query_of(scope)}")
    if count <= AT_ONCE:
        paper = gather(KIND, scope, by=request.member)
        return attachment(make(paper, kind, by=request.member), file_name(paper, kind), TYPES[kind])
    return redirect("jobs:job", start_paper(KIND, scope, kind, by=request.member).pk)


def query_of(scope: Scope) -> str:
    return urlencode({"year": scope.year, "insurance": scope.insurance, "agency": scope.agency})
