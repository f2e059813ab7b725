"""接入验收: runs, one run with its calls, beginning, stopping and going on, the report."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.models.institution import Environment
from portal.jobs import StandStill
from portal.jobs.models import LIVE, Job
from portal.papers.failures import PaperFailed
from portal.web.tables.export import attachment
from settlement.forms.acceptance import AcceptanceForm
from settlement.models import AcceptanceRun
from settlement.papers import acceptance as paper
from settlement.rules.acceptance import FAMILIES
from settlement.services.acceptance import begin_run, go_on, stop_run, the_script, usual_given
from settlement.services.acceptance.beginning import ONLY_TESTS
from settlement.services.acceptance.lent import lender
from settlement.services.refusals import Refused
from settlement.views.acceptance_lists import RunList
from settlement.views.asking import environment, said


@page("settlement.acceptance.run")
def acceptance_list(request: PortalRequest) -> HttpResponseBase:
    """All runs, the newest first."""
    return RunList(request.member, request.GET).respond(request)


@page("settlement.acceptance.run", methods=("GET", "POST"))
def acceptance_new(request: PortalRequest) -> HttpResponseBase:
    """The form: families with their numbers, the test person, what is charged."""
    here = environment(request)
    lends = lender(here)
    form = AcceptanceForm(
        request.POST if request.method == "POST" else None, initial=usual_given(here), lends=bool(lends)
    )
    offered = the_script(here)
    enabled = {number for one in offered for number, _, usual in one.numbers if usual}
    if request.method == "POST":
        enabled = set(request.POST.getlist("numbers"))
        if form.is_valid() and (run := _begun(request, form, enabled, lends)):
            return redirect("settlement:acceptance-detail", run.pk)
    live = here == Environment.PRODUCTION
    context = {"form": form, "offered": offered, "enabled": enabled, "is_live": live, "only_tests": ONLY_TESTS}
    return render(request, "settlement/acceptance_new.html", context)


def _begun(request: PortalRequest, form: AcceptanceForm, numbers: set[str], lends: str) -> AcceptanceRun | None:
    try:
        return begin_run(numbers, {**form.given, "lender": lends}, by=request.member)
    except Refused as refusal:
        for field, sentence in refusal.faults:
            form.add_error(field if field in form.fields else None, sentence)
    except StandStill as refusal:
        form.add_error(None, refusal.sentence)
    return None


@page("settlement.acceptance.run")
def acceptance_detail(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    """One run: how far it is, every call with its verdict."""
    return render(request, "settlement/acceptance_detail.html", shown(get_or_404(AcceptanceRun, run_id)))


def shown(run: AcceptanceRun) -> dict[str, Any]:
    cases = list(run.cases.defer("attempt__raw_request", "attempt__raw_reply"))
    states = [one.state for one in cases]
    counts = {name: states.count(name) for name in ("passed", "refused", "failed", "skipped", "waiting")}
    by_family = sorted(cases, key=lambda one: (list(FAMILIES).index(one.family), one.order))
    families = [(FAMILIES[key], list(rows)) for key, rows in groupby(by_family, key=lambda one: one.family)]
    job = Job.objects.filter(pk=run.job, state__in=LIVE).first() if run.job else None
    return {"run": run, "families": families, "counts": counts, "total": len(cases), "job": job}


@page("settlement.acceptance.run")
def acceptance_progress(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    """Part page, polled while the run goes on; then the whole page is loaded anew."""
    context = shown(get_or_404(AcceptanceRun, run_id))
    answer = render(request, "settlement/parts/acceptance_progress.html", context)
    if not context["run"].is_running or context["job"] is None:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.acceptance.run", methods=("POST",))
def acceptance_stop(request: PortalRequest, run_id: UUID) -> HttpResponse:
    run = get_or_404(AcceptanceRun, run_id)
    done = "已要求停止：不再调用新的交易，已办理的会全部撤回"
    return said(request, lambda: stop_run(run, by=request.member), done, "settlement:acceptance-detail", run.pk)


@page("settlement.acceptance.run", methods=("POST",))
def acceptance_go_on(request: PortalRequest, run_id: UUID) -> HttpResponse:
    run = get_or_404(AcceptanceRun, run_id)
    try:
        go_on(run, by=request.member)
        messages.success(request, "继续验收，从没有执行的交易开始")
    except (Refused, StandStill) as refusal:
        messages.error(request, refusal.sentence)
    return redirect("settlement:acceptance-detail", run.pk)


@page("settlement.acceptance.run")
def acceptance_report(request: PortalRequest, run_id: UUID, form: str) -> HttpResponseBase:
    """The report as PDF or Excel, once the run has ended."""
    run = get_or_404(AcceptanceRun, run_id)
    if form not in paper.TYPES:
        raise Http404("没有这种格式")
    try:
        gathered = paper.gather(run, by=request.member)
        content = paper.write(gathered, form)
    except (Refused, PaperFailed) as refusal:
        messages.error(request, str(refusal))
        return redirect("settlement:acceptance-detail", run.pk)
    paper.recorded(gathered, form, by=request.member)
    return attachment(content, paper.file_name(gathered, form), paper.TYPES[form])
