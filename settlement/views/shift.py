"""签到与交班 as settlement knows it: the page of the gateway."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from portal.access.gate import page
from portal.access.member import PortalRequest


@page("settlement.shifts.end")
def shift(request: PortalRequest) -> HttpResponseBase:
    """Who is signed in since when, and signing out."""
    return redirect("gateway:shifts")
