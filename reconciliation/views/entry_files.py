"""Entries from a file: template, upload, preview with every fault, taking it; and what was brought before."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.services.refusals import NotAllowed
from portal.jobs import Job
from portal.jobs.models import LIVE
from portal.ledger.arrivals import NAMED, ask_taking, bring_file, drop_file
from portal.ledger.lines import HEADS
from portal.ledger.models import ArrivalState, ArrivingEntry, EntryArrival
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.tables.export import attachment
from reconciliation.forms.entries import EntryFileForm
from reconciliation.papers.entry_template import template
from reconciliation.views.entry_lists import ARRIVAL_TONES, ArrivalList

FIRST, RECENT = 20, 10
WAITING = (ArrivalState.PREVIEW, ArrivalState.TAKING)
MOVING = (ArrivalState.READING, ArrivalState.TAKING)


@page("reconciliation.entries.view")
def arrival_list(request: PortalRequest) -> HttpResponseBase:
    may = {"bring": request.member.may("reconciliation.entries.bring")}
    return ArrivalList(request.member, request.GET).respond(request, may=may)


@page("reconciliation.entries.bring")
def entry_template(request: PortalRequest) -> HttpResponseBase:
    """The empty table to fill in."""
    name, body = template()
    return attachment(body, name, CONTENT_TYPE)


@page("reconciliation.entries.bring", methods=("GET", "POST"))
def entry_import(request: PortalRequest) -> HttpResponseBase:
    """A file: kept sealed, read by a worker, not taken yet."""
    assert request.member.institution
    form = EntryFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return redirect("reconciliation:entry-arrival", bring_file(file, str(file.name), by=request.member).pk)
        except NotAllowed as refusal:
            form.add_error("file", refusal.message)
    mine = EntryArrival.objects.filter(environment=request.member.institution.environment).defer("faults")
    context = {"form": form, "heads": HEADS, "arrivals": mine.exclude(way="api")[:RECENT]}
    return render(request, "reconciliation/entry_import.html", context)


@page("reconciliation.entries.view")
def entry_arrival(request: PortalRequest, arrival_id: UUID) -> HttpResponseBase:
    """What taking the file would do, and what is wrong with it; while a worker reads, the page renews itself."""
    arrival = get_or_404(EntryArrival, arrival_id)
    first = ArrivingEntry.objects.filter(arrival=arrival).order_by("place") if arrival.state == "preview" else ()
    job = Job.objects.filter(pk=arrival.job).first() if arrival.job else None
    moving = arrival.state in MOVING and job is not None and job.state in LIVE
    context = {
        "arrival": arrival,
        "tone": ARRIVAL_TONES.get(arrival.state, ""),
        "moving": moving,
        "job": job,
        "faults": arrival.faults.reveal() if arrival.faults else [],
        "named": NAMED,
        "first": first[:FIRST],
        "may_bring": request.member.may("reconciliation.entries.bring"),
        "may_take": arrival.state in WAITING and arrival.fresh + arrival.changed > 0 and not moving,
        "may_drop": arrival.state in (ArrivalState.PREVIEW, ArrivalState.READING) and not moving,
        "stopped": arrival.state in MOVING and not moving,
    }
    return render(request, "reconciliation/entry_arrival.html", context)


@page("reconciliation.entries.bring", methods=("POST",))
def entry_take(request: PortalRequest, arrival_id: UUID) -> HttpResponseBase:
    """Have what is right in the file written into the book."""
    arrival = get_or_404(EntryArrival, arrival_id)
    try:
        ask_taking(arrival, by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    return redirect("reconciliation:entry-arrival", arrival.pk)


@page("reconciliation.entries.bring", methods=("POST",))
def entry_drop(request: PortalRequest, arrival_id: UUID) -> HttpResponseBase:
    """Forget a file that nobody wants."""
    arrival = get_or_404(EntryArrival, arrival_id)
    try:
        drop_file(arrival, by=request.member)
        messages.success(request, f"已放弃 {arrival.name}")
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    return redirect("reconciliation:entry-import")
