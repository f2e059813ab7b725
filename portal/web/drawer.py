"""The drawer of running, finished, failed and doubtful work, on every page; the rooms below say what there is."""

from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.jobs.drawer import recent

TAGS = {"running": "brand", "waiting": "warn", "done": "good", "failed": "bad", "doubt": "doubt"}


@page("portal.use")
def drawer(request: PortalRequest) -> HttpResponseBase:
    lines = [(work, TAGS.get(work.tone, "")) for work in recent(request.member)]
    context = {
        "doubtful": [line for line in lines if line[0].tone == "doubt"],
        "live": [line for line in lines if line[0].is_live and line[0].tone != "doubt"],
        "past": [line for line in lines if not line[0].is_live and line[0].tone != "doubt"],
    }
    open_count = len(context["doubtful"]) + len(context["live"])
    return render(request, "web/drawer.html", {**context, "open_count": open_count})
