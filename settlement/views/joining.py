"""接入检查: the steps of joining a province, each with its state, its figures and what to do."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.gateway.national import NATIONAL
from portal.gateway.national.joining import STEPS
from portal.jobs import StandStill
from settlement.forms.joining import JoiningForm
from settlement.services.joining import begin_check, running_check, steps_shown
from settlement.services.refusals import Refused
from settlement.views.asking import environment


@page("settlement.joining.check", methods=("GET", "POST"))
def joining(request: PortalRequest) -> HttpResponseBase:
    """All steps with their last findings; sent, the named step is taken, or all of them."""
    form = JoiningForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = [request.POST["step"]] if request.POST.get("step") in STEPS else list(STEPS)
        try:
            begin_check(wanted, form.certificate, by=request.member)
            return redirect("settlement:joining")
        except (Refused, StandStill) as refusal:
            messages.error(request, refusal.sentence)
    here = environment(request)
    steps = steps_shown(here)
    states = [one.last.state if one.last else "" for one in steps]
    context = {
        "form": form,
        "steps": steps,
        "job": running_check(here),
        "environment": here,
        "gateway": NATIONAL.name,
        "good": states.count("good"),
        "open": len([one for one in states if one in ("bad", "warn", "")]),
    }
    return render(request, "settlement/joining.html", context)


@page("settlement.joining.check")
def joining_progress(request: PortalRequest) -> HttpResponseBase:
    """Part page, polled while a check runs; then the whole page is loaded anew."""
    job = running_check(environment(request))
    steps = steps_shown(environment(request))
    answer = render(request, "settlement/parts/joining_progress.html", {"job": job, "steps": steps})
    if job is None:
        answer["HX-Refresh"] = "true"
    return answer
