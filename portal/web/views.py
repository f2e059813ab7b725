from typing import cast

from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access.gate import active_memberships, page, signed_in_page
from portal.access.member import PortalRequest
from portal.access.models import User
from portal.web.dashboard import parts_for, tasks_for


@page("portal.use")
def dashboard(request: PortalRequest) -> HttpResponseBase:
    parts = [(part, part.render(request)) for part in parts_for(request.member)]
    return render(request, "web/dashboard.html", {"parts": parts, "tasks": tasks_for(request.member)})


@signed_in_page(reason="lists one's own institutions, to switch between them")
def institutions(request: PortalRequest) -> HttpResponseBase:
    memberships = active_memberships(cast(User, request.user))
    context = {"memberships": memberships, "current": request.session.get("institution")}
    return render(request, "web/institutions.html", context)
