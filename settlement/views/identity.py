"""Who stands at the desk: scanning or typing a certificate, the person with insurances, and where to go on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.codes import code_list
from settlement.forms.identity import CertificateForm
from settlement.models import Identification
from settlement.rules.identity import Way
from settlement.services.control import kept_how
from settlement.services.identity import ask_again, choose_insurance, identify, person_shown, usual_med_type
from settlement.services.refusals import Refused
from settlement.views.asking import acted, environment, said

#: Identifications that the page lists again.
RECENT = 8
#: Where a visit begins, by what it takes.
NEXT = (
    ("settlement:pharmacy-new", "药店购药", "settlement.pharmacy.settle"),
    ("settlement:outpatient-new", "门诊挂号", "settlement.outpatient.settle"),
    ("settlement:inpatient-new", "入院登记", "settlement.inpatient.settle"),
)


@page("settlement.people.identify", methods=("GET", "POST"))
def identify_page(request: PortalRequest, way: str = Way.VOUCHER) -> HttpResponseBase:
    """识别参保人: five ways of showing a certificate, each with its own address."""
    if way not in list(Way):
        raise Http404("没有这种识别方式")
    about = request.GET.get("about", "")[:30]
    wants = kept_how(environment(request)) == "typed"
    form = CertificateForm(Way(way), request.POST or None, usual=usual_med_type(request.member), wants_medium=wants)
    if request.method == "POST" and form.is_valid() and form.certificate:
        shown, given = form.certificate, {name: form.cleaned_data.get(name, "") for name in ("med_type", "medium")}
        found = acted(form, lambda: identify(shown, by=request.member, way=way, about=about, **given))
        if found:
            return redirect(_with_next(request, reverse("settlement:identification", args=[found.pk])))
    recent = Identification.objects.filter(environment=environment(request)).order_by("-asked_at", "-id")[:RECENT]
    context = {"form": form, "way": way, "ways": list(Way), "recent": recent, "about": about}
    return render(request, "settlement/identify.html", context)


@page("settlement.people.identify")
def identification(request: PortalRequest, identification_id: UUID) -> HttpResponseBase:
    """The person, once the centre has answered; until then the page asks by itself."""
    found = get_or_404(Identification, identification_id)
    if found.is_known and (back := _next(request)):
        return redirect(f"{back}{'&' if '?' in back else '?'}fresh={found.pk}")
    context = {
        "identification": found,
        "person": person_shown(found),
        "chosen": f"{found.insurance}-{found.insured_at}",
        "med_type": code_list("national.med_type").label(found.med_type),
        "ways_on": ways_on(request, found),
    }
    return render(request, "settlement/identification.html", context)


@page("settlement.people.identify")
def identification_state(request: PortalRequest, identification_id: UUID) -> HttpResponseBase:
    """Part page: polled while it is asked, then the whole page is loaded anew."""
    found = get_or_404(Identification, identification_id)
    answer = render(request, "settlement/parts/identification_state.html", {"identification": found})
    if not found.is_asking:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.people.identify", methods=("POST",))
def identification_again(request: PortalRequest, identification_id: UUID) -> HttpResponseBase:
    """Ask once more."""
    old = get_or_404(Identification, identification_id)
    try:
        found = ask_again(old, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:identify")
    return redirect("settlement:identification", found.pk)


@page("settlement.people.identify", methods=("POST",))
def identification_insurance(request: PortalRequest, identification_id: UUID) -> HttpResponseBase:
    """Go by another insurance of this person."""
    found = get_or_404(Identification, identification_id)
    key = request.POST.get("insurance", "")
    return said(
        request,
        lambda: choose_insurance(found, key, by=request.member),
        "已改用这个险种",
        "settlement:identification",
        found.pk,
    )


def ways_on(request: PortalRequest, found: Identification) -> list[tuple[str, str]]:
    """(address, label) of what may begin for this person."""
    if not found.is_known or found.about:
        return []
    allowed = [(name, label) for name, label, permission in NEXT if request.member.may(permission)]
    return [(f"{_address(name)}?identification={found.pk}", label) for name, label in allowed if _address(name)]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _next(request: PortalRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _with_next(request: PortalRequest, address: str) -> str:
    return f"{address}?next={_next(request)}" if _next(request) else address
