"""药占比 (4.17): who is in rehabilitation, how near the limit, and what may still be ordered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from injury.forms.sheet import DrugLimitForm
from injury.messages import FetchDrugShare
from injury.models import Admission
from injury.models.sheet import REHABILITATION
from injury.services.drug_share import drug_standings, in_rehabilitation, limits_of, request_share, set_limits
from injury.services.enquiries import latest
from injury.services.refusals import Refused
from injury.views.asking import acted, environment
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest

#: Words and tone of each level.
LEVELS = {
    "unset": ("未设上限", ""),
    "fine": ("正常", "good"),
    "warn": ("接近上限", "warn"),
    "over": ("超过上限", "bad"),
}
#: People in rehabilitation at one time; an institution with more has them on the list of admissions.
MOST = 500


@page("injury.fees.view", methods=("GET", "POST"))
def drug_ratio(request: PortalRequest) -> HttpResponseBase:
    """Everybody in rehabilitation, the nearest to the limit first; the limit below."""
    here = environment(request)
    limits = limits_of(here)
    form = DrugLimitForm(initial={"warn_at": limits.warn_at, "limit": limits.limit} if limits else None)
    if request.method == "POST":
        form = DrugLimitForm(request.POST)
        if form.is_valid() and _set(request, form):
            messages.success(request, "药占比上限已设置")
            return redirect("injury:drug-ratio")
    admissions = list(Admission.objects.filter(in_rehabilitation(here)).select_related("operation")[:MOST])
    standings = drug_standings(admissions, limits)
    rows = [(one, standings[one.pk], *LEVELS[standings[one.pk].level]) for one in admissions]
    rows.sort(key=lambda row: -(row[1].share or 0))
    may_set = request.member.may("injury.drug_limit.set")
    return render(
        request,
        "injury/drug_ratio.html",
        {
            "rows": rows,
            "limits": limits,
            "form": form,
            "may_set": may_set,
            "may_ask": request.member.may("injury.sheet.ask"),
        },
        status=400 if form.errors else 200,
    )


def _set(request: PortalRequest, form: DrugLimitForm) -> bool:
    if not request.member.may("injury.drug_limit.set"):
        form.add_error(None, "您没有设置药占比上限的权限")
        return False
    data = form.cleaned_data
    acted(form, lambda: set_limits(data["limit"], data["warn_at"], environment=environment(request), by=request.member))
    return not form.errors


@page("injury.sheet.ask", methods=("POST",))
def drug_ratio_ask(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Ask the centre for its own figure."""
    admission = get_or_404(Admission, admission_id)
    try:
        request_share(admission, by=request.member)
        messages.success(request, "正在向工伤中心查询药占比")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "injury:drug-ratio")


def drugs_section(request: PortalRequest, admission: Admission) -> dict[str, Any] | None:
    """The section on the admission's page, for rehabilitation only."""
    if admission.treatment != REHABILITATION:
        return None
    standing = drug_standings([admission], limits_of(admission.environment))[admission.pk]
    label, tone = LEVELS[standing.level]
    question = latest(FetchDrugShare, admission)
    return {
        "standing": standing,
        "level": label,
        "tone": tone,
        "question": question if question and not question.is_answered else None,
        "may_ask": request.member.may("injury.sheet.ask"),
    }
