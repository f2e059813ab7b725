"""Charges of the cashier's window: a new one, one on its page, taking it back; and checking a day with the platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.exchanges import exchanges_shown
from portal.gateway.journal import operations_about
from settlement.forms.cashier import CancelForm, ChargeForm, CheckForm
from settlement.models import CardReading, CashierCharge, ChargeState
from settlement.services.cards.reading import person_read
from settlement.services.cashier.cancelling import Cancelled, cancel
from settlement.services.cashier.charging import charge, charge_obstacle
from settlement.services.cashier.checking import start_check
from settlement.views.asking import acted, environment, light, said, second_says
from settlement.views.cashier import as_uuid
from settlement.views.cashier_lists import ChargeList
from settlement.views.desks import chosen, offered


@page("settlement.cashier.view")
def charge_list(request: PortalRequest) -> HttpResponseBase:
    """Every charge of the window."""
    may, yesterday = request.member.may, timezone.localdate() - timedelta(days=1)
    context = {"may_take": may("settlement.cashier.take"), "may_check": may("settlement.cashier.check")}
    return ChargeList(request.member, request.GET).respond(request, check=CheckForm({"day": yesterday}), **context)


@page("settlement.cashier.take", methods=("GET", "POST"))
def charge_new(request: PortalRequest) -> HttpResponseBase:
    """Whom to charge, filled from a reading; sent, it leads to the charge."""
    form = ChargeForm(request.POST or None, initial=known_of(request), **offered(request))
    if request.method == "POST" and form.is_valid():
        desk_id = form.cleaned_data["desk"]
        made = acted(form, lambda: charge(form.payer, desk=chosen(request, desk_id), by=request.member))
        if made:
            messages.success(request, "已打开收费台，请在终端上完成收费；结果显示在本页")
            return redirect("settlement:charge", made.pk)
    return render(request, "settlement/charge_new.html", {"form": form})


def known_of(request: PortalRequest) -> dict[str, Any]:
    """What a reading (`reading`) already tells."""
    given = request.GET.get("reading")
    person = person_read(get_or_404(CardReading, as_uuid(given))) if given else None
    if person is None:
        return {}
    return {
        "name": person.name,
        "document_type": person.document_type,
        "document": person.document,
        "card_type": "01" if person.card_code else "",
        "card_no": person.card_no or person.document,
        "person_no": person.person_no,
        "insurance": person.insurance,
        "insured_at": person.insurances[0].insured_at if person.insurances else person.insured_at,
        "patient_type": "01" if person.insurances else "00",
    }


def charge_or_404(charge_id: UUID) -> CashierCharge:
    row = get_or_404(CashierCharge, charge_id)
    if row.operation_id:
        row.operation = light(row.operation_id)
    if row.cancelled_by_id:
        row.cancelled_by = light(row.cancelled_by_id)
    return row


@page("settlement.cashier.view", methods=("GET", "POST"))
def charge_detail(request: PortalRequest, charge_id: UUID) -> HttpResponseBase:
    """Where a charge stands, and the form that takes it back."""
    row = charge_or_404(charge_id)
    may = request.member.may("settlement.cashier.refund")
    first = {"mdtrt_id": row.mdtrt_id, "setl_id": row.setl_id}
    form = CancelForm(request.POST or None, initial=first, **offered(request))
    if request.method == "POST" and may and form.is_valid():
        given = dict(form.cleaned_data)
        desk_id = given.pop("desk")
        act = lambda: cancel(row, Cancelled(**given), desk=chosen(request, desk_id), by=request.member)  # noqa: E731
        if acted(form, act):
            messages.success(request, f"已提交撤销，{second_says(request)}")
            return redirect("settlement:charge", row.pk)
    row.operation = row.cancelled_by if row.state == ChargeState.CANCELLING else row.operation
    context = {
        "charge": row,
        "row": row,
        "form": form,
        "may_cancel": may,
        "obstacle": charge_obstacle(row),
        "operations": operations_about(row)[:20],
        "exchanges": exchanges_shown(row.setl_id or row.number, request.member),
    }
    return render(request, "settlement/charge.html", context)


@page("settlement.cashier.view")
def charge_state(request: PortalRequest, charge_id: UUID) -> HttpResponseBase:
    """Part page, polled while the window is open."""
    row = charge_or_404(charge_id)
    operation = row.cancelled_by if row.state == ChargeState.CANCELLING else row.operation
    row.operation = operation
    context = {"row": row, "address": "settlement:charge-state"}
    answer = render(request, "settlement/parts/money_moving.html", context)
    if operation is None or not operation.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.cashier.check", methods=("POST",))
def cashier_check(request: PortalRequest) -> HttpResponse:
    """Ask the platform about every movement of a day."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择日期")
        return redirect("settlement:charge-list")
    day = form.cleaned_data["day"]
    act = lambda: start_check(environment(request), day, by=request.member)  # noqa: E731
    return said(request, act, f"正在核对 {day} 的充值和退款，完成后可在对账中查看", "settlement:charge-list")
