"""对账: the list, one run with its totals, files and history, starting, the schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.national import NATIONAL
from portal.jobs.models import LIVE, Job
from portal.web.tables.export import attachment
from reconciliation.actions import RUN_FILE_READ
from reconciliation.forms.runs import RunForm, ScheduleForm
from reconciliation.models import RawFile, Run, RunKind, RunState, Total
from reconciliation.services.ending import sightings_of
from reconciliation.services.families import families_of, family_title
from reconciliation.services.figures import by_kind_seen
from reconciliation.services.runs import run_again, start_run
from reconciliation.services.schedule import missed_days, save_schedule, schedule_of
from reconciliation.views.asking import acted, environment, said
from reconciliation.views.run_lists import RunList

STARTED = "开始对账，进展显示在本页，可以离开"


def rights(request: PortalRequest) -> dict[str, bool]:
    may = request.member.may
    return {
        "may_start": may("reconciliation.runs.start"),
        "may_schedule": may("reconciliation.runs.schedule"),
        "may_read": may("reconciliation.files.read"),
        "may_close": may("reconciliation.months.close"),
        "may_print": may("reconciliation.papers.make"),
    }


@page("reconciliation.runs.view")
def run_list(request: PortalRequest) -> HttpResponseBase:
    """对账: all runs."""
    here = environment(request)
    context = {"schedule": schedule_of(here), "missed": missed_days(here), **rights(request)}
    return RunList(request.member, request.GET).respond(request, **context)


@page("reconciliation.runs.start", methods=("GET", "POST"))
def run_new(request: PortalRequest) -> HttpResponseBase:
    """发起对账: a day or some days."""
    yesterday = timezone.localdate() - timedelta(days=1)
    families = [(one, family_title(one)) for one in families_of(environment(request)) or [NATIONAL.name]]
    form = RunForm(request.POST or None, initial={"begin": yesterday, "to": yesterday}, families=families)
    if form.is_valid():
        run = acted(form, lambda: start_run(**form.asked, by=request.member), end="to", kind="to")
        if run is not None:
            messages.success(request, STARTED)
            return redirect("reconciliation:run-detail", run.pk)
    return render(request, "reconciliation/run_new.html", {"form": form, **rights(request)})


@page("reconciliation.runs.view")
def run_detail(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    """One run: where it stands, the total accounts, the differences, the files, its history."""
    run = get_or_404(Run, run_id)
    return render(request, "reconciliation/run_detail.html", {**shown(run), **rights(request)})


@page("reconciliation.runs.view")
def run_state(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    """Part page, polled while the run goes on; then the whole page is loaded anew."""
    run = get_or_404(Run, run_id)
    answer = render(request, "reconciliation/parts/run_progress.html", {"run": run, "job": job_of(run)})
    if run.state != RunState.RUNNING:
        answer["HX-Refresh"] = "true"
    return answer


@page("reconciliation.runs.start", methods=("POST",))
def run_restart(request: PortalRequest, run_id: UUID) -> HttpResponse:
    """再次对账: another round of the same days."""
    run = get_or_404(Run, run_id)
    return said(request, lambda: run_again(run, by=request.member), STARTED, "reconciliation:run-detail", run.pk)


@page("reconciliation.files.read")
def run_file(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """One raw file as it went or came; who took it is recorded."""
    file = get_or_404(RawFile, file_id)
    record(RUN_FILE_READ, file, by=request.member, what=str(file.run), file=file.name, digest=file.digest[:16])
    return attachment(file.bytes, file.name, "application/octet-stream")


@page("reconciliation.runs.schedule", methods=("GET", "POST"))
def run_schedule(request: PortalRequest) -> HttpResponseBase:
    """自动对账: when, and what is always asked about."""
    schedule = schedule_of(environment(request))
    lines = "\n".join("/".join(one) for one in schedule.scopes)
    form = ScheduleForm(request.POST or None, initial={"is_on": schedule.is_on, "at": schedule.at, "scopes": lines})
    if form.is_valid() and acted(form, lambda: save_schedule(**form.asked, by=request.member)) is not None:
        messages.success(request, "自动对账的设置已保存")
        return redirect("reconciliation:run-list")
    return render(request, "reconciliation/run_schedule.html", {"form": form, "schedule": schedule})


def job_of(run: Run) -> Job | None:
    return Job.objects.filter(pk=run.job, state__in=LIVE).first() if run.job else None


def shown(run: Run) -> dict[str, Any]:
    """What the page of a run shows."""
    totals = list(
        Total.objects.filter(run=run, round=run.round)
        .defer("operation__request", "operation__reply")
        .select_related("operation")
        .order_by("clr_type", "insutype", "clr_optins", "begin", "id")
    )
    files = list(RawFile.objects.filter(run=run).defer("content").order_by("-round", "id"))
    return {
        "run": run,
        "family": family_title(run.family),
        "is_national": run.family == NATIONAL.name,
        "is_month": run.kind == RunKind.MONTH,
        "totals": totals,
        "files": files,
        "kinds": [(one.label, one.kind, one.count) for one in by_kind_seen(sightings_of(run))],
        "history": [_told(one) for one in reversed(run.rounds)],
        "job": job_of(run),
    }


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """A round of the history, with its times as such."""
    state = one.get("state") or RunState.RUNNING
    times = {name: parse_datetime(one[name]) if one.get(name) else None for name in ("began", "ended")}
    return {**one, **times, "label": RunState(state).label, "tone": Run(state=state).tone}
