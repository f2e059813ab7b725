"""报表打印清单 (9.5): which papers every institution has to print, and printing them in one go."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from clearing import rules
from clearing.models import DuePapers
from clearing.models.printed import PAPERS
from clearing.papers.merged import Lacking, Order, start_due_papers
from clearing.services import Refused
from clearing.services.printing import reckoned
from clearing.services.printing_own import shown_papers
from clearing.views.asking import environment
from clearing.views.due_lists import DueList, scope_in
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.web.tables import SelectionChanged


@page("clearing.papers.make")
def due_papers(request: PortalRequest) -> HttpResponseBase:
    """The list, with what the chosen scope comes to."""
    return DueList(request.member, request.GET).respond(request)


@page("clearing.papers.make")
def provider(request: PortalRequest, due_id: UUID) -> HttpResponseBase:
    """One institution: its facts, its row of the table, and each paper's story."""
    found = get_or_404(DuePapers, due_id, environment=environment(request))
    fresh = reckoned(found.scope, by=request.member).filter(pk=found.pk).first()
    if fresh is None:
        messages.info(request, f"{found.provider_name}在{found.scope}已没有清算数据")
        return redirect("clearing:due-papers")
    ready = fresh.printed + fresh.waiting
    context = {
        "row": fresh,
        "papers": shown_papers(fresh),
        "rules": rules.RULES,
        "ready": ready,
        "here": _address(fresh),
    }
    return render(request, "clearing/due_papers_provider.html", context)


@page("clearing.papers.make", methods=("POST",))
def print_provider(request: PortalRequest, due_id: UUID) -> HttpResponseBase:
    """Everything due of one institution."""
    found = get_or_404(DuePapers, due_id, environment=environment(request))
    order = Order(found.scope, "each", (found.provider_code,))
    return _started(request, lambda: order, reverse("clearing:due-papers-provider", args=[found.pk]))


@page("clearing.papers.make", methods=("POST",))
def print_scope(request: PortalRequest) -> HttpResponseBase:
    """一键打印: one table of each kind with everybody who needs it."""
    return _started(request, lambda: _of_scope(request), _back(request))


@page("clearing.papers.make", methods=("POST",))
def print_selection(request: PortalRequest) -> HttpResponseBase:
    """The papers of each ticked institution, bound by region and institution."""
    return _started(request, lambda: _of_selection(request, "each"), _back(request))


@page("clearing.papers.make", methods=("POST",))
def print_zip(request: PortalRequest) -> HttpResponseBase:
    """The same, a file for each institution."""
    return _started(request, lambda: _of_selection(request, "zip"), _back(request))


def _of_scope(request: PortalRequest) -> Order:
    scope = scope_in(request.member, request.POST)
    if scope is None:
        raise Refused("还没有清算数据")
    return Order(scope)


def _of_selection(request: PortalRequest, form: str) -> Order:
    rows: Any = DueList.selection(request).checked()
    first = rows.first()
    codes = rows.order_by("provider_code").values_list("provider_code", flat=True)
    return Order(first.scope, form, tuple(codes))


def _started(request: PortalRequest, order: Callable[[], Order], back: str) -> HttpResponseBase:
    """The job's page; what is missing is named first, with the choice to print the rest."""
    try:
        job = start_due_papers(order(), by=request.member, anyway=request.POST.get("anyway") == "1")
    except Lacking as lacking:
        kept = [(name, value) for name, values in request.POST.lists() for value in values if name in KEPT]
        some = [(lack, PAPERS[lack.paper]) for lack in lacking.some]
        context = {"lacking": lacking, "some": some, "kept": kept, "back": back}
        return render(request, "clearing/due_papers_lacking.html", context, status=409)
    except (Refused, SelectionChanged) as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    if job.joined:
        messages.info(request, "同样的打印任务正在进行")
    return redirect("jobs:job", job.pk)


#: What the page about missing data sends again.
KEPT = ("year", "insurance", "agency", "ids", "all", "query", "claimed")


def _back(request: PortalRequest) -> str:
    query = request.POST.get("query") or "&".join(
        f"{name}={request.POST[name]}"
        for name in ("year", "insurance", "agency")
        if request.POST.get(name, "").isalnum()
    )
    return reverse("clearing:due-papers") + (f"?{query}" if query else "")


def _address(row: DuePapers) -> str:
    return f"{reverse('clearing:due-papers')}?year={row.year}&insurance={row.insurance}&agency={row.agency}"
