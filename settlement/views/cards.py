"""Reading cards at a desk, the person that was read, and codes that a health card's owner scans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.codes import code_list
from portal.people import handed_on
from portal.web.qr import svg_path
from settlement.forms.cards import GrantForm, PinForm, ReadForm
from settlement.models import CardReading, HealthCardAuth
from settlement.services.cards.authorising import begin_authorisation, look_again, person_granted
from settlement.services.cards.handing import SOURCE, identify_reading
from settlement.services.cards.pins import change_pin, check_pin, recent_pins
from settlement.services.cards.reading import person_read, read_card
from settlement.services.refusals import Refused
from settlement.views.asking import acted, environment
from settlement.views.desks import chosen, offered

#: Readings and grants that the pages list again.
RECENT = 8
#: Where a reading goes on inside settlement: address, label, permission.
NEXT = (
    ("settlement:recharge-new", "预交金充值", "settlement.cashier.take"),
    ("settlement:charge-new", "收费台收费", "settlement.cashier.take"),
)


@page("settlement.people.identify", methods=("GET", "POST"))
def card_read(request: PortalRequest) -> HttpResponseBase:
    """读卡: what is read, and at which desk."""
    form = ReadForm(request.POST or None, **offered(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = acted(
            form,
            lambda: read_card(
                given["way"],
                desk=chosen(request, given["desk"]),
                by=request.member,
                business_type=given["business_type"],
            ),
        )
        if made:
            return redirect("settlement:card-reading", made.pk)
    recent = CardReading.objects.filter(environment=environment(request)).defer("answer", "card_no", "person_no")
    return render(request, "settlement/card_read.html", {"form": form, "recent": recent[:RECENT]})


@page("settlement.people.identify")
def card_reading(request: PortalRequest, reading_id: UUID) -> HttpResponseBase:
    """Who was read, and where they go on; until then the page asks by itself."""
    found = get_or_404(CardReading, reading_id)
    may = request.member.may
    mine = [(f"{reverse(name)}?reading={found.pk}", label) for name, label, needed in NEXT if may(needed)]
    person = person_read(found)
    insurances = (
        [(one, code_list("onetrans.insutype").label(one.insurance)) for one in person.insurances] if person else []
    )
    context = {
        "reading": found,
        "person": person,
        "insurances": insurances,
        "gender": code_list("onetrans.gend").label(person.gender) if person and person.gender else "",
        "identities": [code_list("onetrans.psn_idet_type").label(one) for one in person.identities] if person else [],
        "ways_on": [*mine, *handed_on(SOURCE, found.pk, request.member)] if person and not person.code else [],
    }
    return render(request, "settlement/card_reading.html", context)


@page("settlement.people.identify")
def card_reading_state(request: PortalRequest, reading_id: UUID) -> HttpResponseBase:
    """Part page: polled while the desk reads, then the whole page is loaded anew."""
    found = get_or_404(CardReading, reading_id)
    answer = render(request, "settlement/parts/card_state.html", {"reading": found})
    if not found.is_asking:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.people.identify", methods=("POST",))
def card_identify(request: PortalRequest, reading_id: UUID) -> HttpResponse:
    """Hand what was read to 识别参保人 (1101)."""
    found = get_or_404(CardReading, reading_id)
    try:
        made = identify_reading(found, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:card-reading", found.pk)
    return redirect("settlement:identification", made.pk)


@page("settlement.people.identify", methods=("GET", "POST"))
def card_pin(request: PortalRequest) -> HttpResponseBase:
    """The PIN of a social security card: checked or changed (`act`) by its owner at a desk's reader."""
    form = PinForm(request.POST or None, **offered(request))
    if request.method == "POST" and form.is_valid():
        act = change_pin if request.POST.get("act") == "change" else check_pin
        made = acted(form, lambda: act(desk=chosen(request, form.cleaned_data["desk"]), by=request.member))
        if made:
            messages.success(request, "请持卡人在终端的读卡器上输入密码，结果显示在本页")
            return redirect("settlement:card-pin")
    return render(request, "settlement/card_pin.html", {"form": form, **pins_shown(request)})


@page("settlement.people.identify")
def card_pin_state(request: PortalRequest) -> HttpResponseBase:
    """Part page: polled while somebody types."""
    return render(request, "settlement/parts/pin_state.html", pins_shown(request))


def pins_shown(request: PortalRequest) -> dict[str, Any]:
    recent = recent_pins(environment(request), RECENT)
    return {"recent": recent, "is_moving": any(one.is_moving for one in recent)}


@page("settlement.people.identify", methods=("GET", "POST"))
def card_grants(request: PortalRequest) -> HttpResponseBase:
    """Health card authorisations: a new one, and the last ones."""
    form = GrantForm(request.POST or None, **offered(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = acted(
            form,
            lambda: begin_authorisation(
                given["treatment_code"], desk=chosen(request, given["desk"]), by=request.member
            ),
        )
        if made:
            return redirect("settlement:card-grant", made.pk)
    recent = HealthCardAuth.objects.filter(environment=environment(request)).defer("answer", "address")[:RECENT]
    return render(request, "settlement/card_grants.html", {"form": form, "recent": recent})


@page("settlement.people.identify")
def card_grant(request: PortalRequest, grant_id: UUID) -> HttpResponseBase:
    """The code to scan; once the owner has answered, who they are."""
    found = get_or_404(HealthCardAuth, grant_id)
    told = person_granted(found)
    context = {
        "grant": found,
        "stage": code_list("onetrans.treatment_code").label(found.treatment_code),
        "gender": code_list("onetrans.gend").label(told.get("user_sex", "")) if told.get("user_sex") else "",
        "card_type": code_list("onetrans.ehc_card_type").label(told.get("card_type", ""))
        if told.get("card_type")
        else "",
    }
    if found.is_waiting and found.address:
        context["path"], context["side"] = svg_path(found.address.reveal())
    return render(request, "settlement/card_grant.html", context)


@page("settlement.people.identify")
def card_grant_state(request: PortalRequest, grant_id: UUID) -> HttpResponseBase:
    """Part page: polled while the owner has not answered; each time a job asks, unless one just did."""
    found = get_or_404(HealthCardAuth, grant_id)
    was = request.GET.get("state", "")
    look_again(found, by=request.member)
    found.refresh_from_db(fields=["state", "sentence"])
    answer = render(request, "settlement/parts/grant_state.html", {"grant": found})
    if found.state != was:
        answer["HX-Refresh"] = "true"
    return answer
