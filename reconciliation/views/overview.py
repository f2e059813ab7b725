"""对账总览: yesterday, every gateway, green or not."""

from __future__ import annotations

from datetime import date, timedelta

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from portal.access.gate import page
from portal.access.member import PortalRequest
from reconciliation.services import overview as services
from reconciliation.views.asking import environment
from reconciliation.views.runs import rights


@page("reconciliation.runs.view")
def overview(request: PortalRequest) -> HttpResponseBase:
    """One day of all gateways; `day` chooses another than yesterday."""
    day = chosen_day(request.GET.get("day", ""))
    rows = services.overview(environment(request), day)
    sentence, tone = services.verdict(rows)
    context = {"day": day, "before": day - timedelta(days=1), "after": day + timedelta(days=1), "rows": rows}
    context |= {"sentence": sentence, "tone": tone, "has_after": day < timezone.localdate()}
    return render(request, "reconciliation/overview.html", {**context, **rights(request)})


def chosen_day(text: str) -> date:
    """The day of a link, never in the future; yesterday for anything else."""
    today = timezone.localdate()
    try:
        told = parse_date(text)
    except ValueError:
        told = None
    return told if told is not None and date(2000, 1, 1) <= told <= today else today - timedelta(days=1)
