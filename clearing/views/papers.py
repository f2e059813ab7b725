"""报表导出 (chapter 9): the four papers, each on a page of its own: choose, look, download."""

from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clearing.forms import PaperForm, YearPaperForm
from clearing.models import Scope
from clearing.papers import AT_ONCE, KINDS, TYPES, PaperKind, count_of, file_name, gather, make, start_paper
from clearing.services import Refused, request_refunds
from clearing.services.arithmetic import shown
from clearing.services.refunds import fetching, is_outdated, last_fetch, refund_rows
from clearing.views.asking import chosen
from portal.access.gate import page
from portal.access.member import Member, PortalRequest
from portal.papers.failures import PaperFailed
from portal.web.tables.export import attachment

#: The pages' names below "clearing:".
PAGES = {
    "disbursement": "disbursement",
    "cross_region": "refund-cross-region",
    "maternity": "refund-maternity",
    "primary": "refund-primary",
}
#: Differences that the page itself shows.
SHOWN = 20


@page("clearing.papers.make")
def paper(request: PortalRequest, kind: str) -> HttpResponseBase:
    """One of the four papers: choose, look, download."""
    form, scope = _chosen(request, KINDS[kind])
    context: dict[str, Any] = {"form": form, "scope": scope, "kind": KINDS[kind], "at_once": AT_ONCE, **_urls(kind)}
    if scope:
        providers = form.cleaned_data["provider"]
        context |= {"query": query_of(scope, providers), "providers": providers, **_data(kind, scope, request.member)}
        try:
            context["count"] = count_of(kind, scope, providers=providers)
        except Refused as refusal:
            context["nothing"] = refusal.sentence
    return render(request, "clearing/paper.html", context)


@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@page("clearing.papers.make")
def preview(request: PortalRequest, kind: str) -> HttpResponseBase:
    """The PDF inside our own page."""
    form, scope = _chosen(request, KINDS[kind])
    try:
        if scope is None or count_of(kind, scope, providers=form.cleaned_data["provider"]) > AT_ONCE:
            return render(request, "clearing/parts/no_preview.html", status=400)
        response = _made(request, kind, scope, form.cleaned_data["provider"], "pdf", is_print=False)
    except (Refused, PaperFailed) as failure:
        return render(request, "clearing/parts/no_preview.html", {"sentence": failure.sentence}, status=409)
    response["Content-Disposition"] = response["Content-Disposition"].replace("attachment", "inline", 1)
    return response


@page("clearing.papers.make", methods=("POST",))
def download(request: PortalRequest, kind: str) -> HttpResponseBase:
    """The file, or for many rows a job that makes it."""
    form, scope = _chosen(request, KINDS[kind])
    fmt = request.POST.get("format", "")
    if scope is None or fmt not in TYPES:
        context = {"form": form, "scope": None, "kind": KINDS[kind], **_urls(kind)}
        return render(request, "clearing/paper.html", context, status=400)
    providers = form.cleaned_data["provider"]
    try:
        if count_of(kind, scope, providers=providers) <= AT_ONCE:
            return _made(request, kind, scope, providers, fmt)
    except (Refused, PaperFailed) as failure:
        messages.error(request, failure.sentence)
        return redirect(f"{reverse(_name(kind))}?{query_of(scope, providers)}")
    return redirect("jobs:job", start_paper(kind, scope, fmt, by=request.member, providers=providers).pk)


@page("clearing.refunds.fetch", methods=("POST",))
def fetch(request: PortalRequest, kind: str) -> HttpResponseBase:
    """Ask the centre for a deposit-refund table."""
    form, scope = _chosen(request, KINDS[kind])
    if scope is None:
        context = {"form": form, "scope": None, "kind": KINDS[kind], **_urls(kind)}
        return render(request, "clearing/paper.html", context, status=400)
    job = request_refunds(kind, scope, by=request.member)
    messages.success(request, "正在获取，已接着等待同一次获取" if job.joined else "已开始获取，完成后显示在本页")
    return redirect(f"{reverse(_name(kind))}?{query_of(scope, form.cleaned_data['provider'])}")


def query_of(scope: Scope, providers: tuple[str, ...] = ()) -> str:
    """The page's query for this scope."""
    fields: dict[str, Any] = {"year": scope.year, "insurance": scope.insurance, "agency": scope.agency}
    return urlencode(fields | ({"provider": ",".join(providers)} if providers else {}))


def _chosen(request: PortalRequest, kind: PaperKind) -> tuple[Any, Scope | None]:
    return chosen(request, PaperForm if kind.by_agency else YearPaperForm)


def _name(kind: str, part: str = "") -> str:
    return f"clearing:{PAGES[kind]}{part}"


def _urls(kind: str) -> dict[str, str]:
    parts = ["preview", "download", *(["fetch"] if KINDS[kind].is_refund else [])]
    return {f"{part}_url": reverse(_name(kind, f"-{part}")) for part in parts}


def _made(
    request: PortalRequest, kind: str, scope: Scope, providers: tuple[str, ...], fmt: str, *, is_print: bool = True
) -> HttpResponseBase:
    paper = gather(kind, scope, by=request.member, providers=providers)
    return attachment(make(paper, fmt, by=request.member, is_print=is_print), file_name(paper, fmt), TYPES[fmt])


def _data(kind: str, scope: Scope, by: Member) -> dict[str, Any]:
    """What we hold of a deposit-refund table, and since when."""
    if not KINDS[kind].is_refund:
        return {}
    held, job = last_fetch(kind, scope), fetching(kind, scope)
    if job and not job.is_live and held and held.fetched_at > job.created_at:
        job = None
    broken = refund_rows(kind, scope).filter(finding_count__gt=0)
    return {
        "fetch": held,
        "outdated": held is not None and is_outdated(held),
        "job": job,
        "may_fetch": by.may("clearing.refunds.fetch"),
        "broken": [(row, shown(row)) for row in broken[:SHOWN]] if held else [],
    }
