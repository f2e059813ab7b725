"""Prepaid accounts at the cashier: the account, a new recharge, one on its page, giving money back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.exchanges import exchanges_shown
from portal.gateway.journal import operations_about
from portal.papers.failures import PaperFailed
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.web.tables.export import attachment
from settlement.forms.cashier import RechargeForm, RefundForm
from settlement.forms.settling import ReasonForm
from settlement.models import CardReading, PrepaidAccount, Recharge, Refund, RefundState
from settlement.papers import money
from settlement.services.cards.reading import person_read
from settlement.services.cashier.recharging import recharge_card
from settlement.services.cashier.refunding import accept_odd, refund, refund_again, refund_obstacle
from settlement.services.refusals import Refused
from settlement.views.asking import acted, light, said, second_says
from settlement.views.cashier_lists import AccountList, RechargeList, RefundList, with_sums
from settlement.views.desks import chosen, offered

#: Movements that an account's page shows.
SHOWN = 30


@page("settlement.cashier.view")
def prepaid_list(request: PortalRequest) -> HttpResponseBase:
    """Every prepaid account."""
    may = request.member.may("settlement.cashier.take")
    return AccountList(request.member, request.GET).respond(request, may_take=may)


@page("settlement.cashier.view")
def prepaid(request: PortalRequest, account_id: UUID) -> HttpResponseBase:
    """One account with its movements, the newest first."""
    get_or_404(PrepaidAccount, account_id)
    account: Any = with_sums(PrepaidAccount.objects.filter(pk=account_id)).get()
    context = {
        "account": account,
        "recharges": Recharge.objects.filter(account=account).select_related("operation").defer("content")[:SHOWN],
        "refunds": Refund.objects.filter(account=account).select_related("operation", "recharge")[:SHOWN],
        "may_take": request.member.may("settlement.cashier.take"),
    }
    return render(request, "settlement/prepaid.html", context)


@page("settlement.cashier.take", methods=("GET", "POST"))
def recharge_new(request: PortalRequest) -> HttpResponseBase:
    """The form of a recharge, filled from a reading or an account; sent, it leads to the recharge."""
    form = RechargeForm(request.POST or None, initial=known_of(request), **offered(request))
    if request.method == "POST" and form.is_valid():
        made = acted(form, lambda: pay_in(request, form))
        if made:
            messages.success(request, "已提交充值，请在终端的收费台上完成付款；结果显示在本页")
            return redirect("settlement:recharge", made.pk)
    return render(request, "settlement/recharge_new.html", {"form": form})


def pay_in(request: PortalRequest, form: RechargeForm) -> Recharge:
    desk = chosen(request, form.cleaned_data["desk"])
    return recharge_card(form.holder, form.payment, desk=desk, by=request.member)


def known_of(request: PortalRequest) -> dict[str, Any]:
    """What a reading (`reading`) or an account (`account`) already tells; the numbers never stand in the address."""
    if given := request.GET.get("account"):
        account = get_or_404(PrepaidAccount, as_uuid(given))
        document = account.document.reveal() if account.document else ""
        card = {"card_type": account.card_type, "card_no": account.card_no.reveal(), "patient_id": account.patient_id}
        return {**card, "name": account.name.reveal(), "document": document, "account_type": account.account_type}
    if given := request.GET.get("reading"):
        person = person_read(get_or_404(CardReading, as_uuid(given)))
        if person is not None:
            card_type = "01" if person.card_code else "04"
            card = {"card_type": card_type, "card_no": person.card_no or person.document}
            return {**card, "name": person.name, "document": person.document}
    return {}


def as_uuid(text: str) -> UUID:
    """UUID(int=0), which no row has, for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@page("settlement.cashier.view")
def recharge_list(request: PortalRequest) -> HttpResponseBase:
    """Every recharge."""
    return RechargeList(request.member, request.GET).respond(request)


def recharge_or_404(recharge_id: UUID) -> Recharge:
    row = get_or_404(Recharge, recharge_id)
    if row.operation_id:
        row.operation = light(row.operation_id)
    return row


@page("settlement.cashier.view", methods=("GET", "POST"))
def recharge_detail(request: PortalRequest, recharge_id: UUID) -> HttpResponseBase:
    """What was paid, what went back, and the form that gives money back."""
    row = recharge_or_404(recharge_id)
    may = request.member.may
    first = {"amount": row.refundable if row.refundable > 0 else None}
    form = RefundForm(request.POST or None, initial=first, **offered(request))
    if request.method == "POST" and may("settlement.cashier.refund") and form.is_valid():
        desk_id = form.cleaned_data["desk"]
        act = lambda: refund(row, form.wanted, desk=chosen(request, desk_id), by=request.member)  # noqa: E731
        if made := acted(form, act):
            messages.success(request, f"已提交退款，{second_says(request)}")
            return redirect("settlement:refund", made.pk)
    context = {
        "recharge": row,
        "row": row,
        "form": form,
        "obstacle": refund_obstacle(row),
        "may_refund": may("settlement.cashier.refund"),
        "may_print": may("settlement.papers.make") and row.is_receiptable,
        "refunds": Refund.objects.filter(recharge=row).select_related("operation"),
        "operations": operations_about(row)[:20],
        "exchanges": exchanges_shown(row.number, request.member),
    }
    return render(request, "settlement/recharge.html", context)


@page("settlement.cashier.view")
def recharge_state(request: PortalRequest, recharge_id: UUID) -> HttpResponseBase:
    """Part page, polled while the patient pays; then the whole page is loaded anew."""
    return moving(request, recharge_or_404(recharge_id), "settlement:recharge-state")


def moving(request: PortalRequest, row: Any, address: str) -> HttpResponse:
    answer = render(request, "settlement/parts/money_moving.html", {"row": row, "address": address})
    if row.operation is None or not row.operation.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.cashier.view")
def refund_list(request: PortalRequest) -> HttpResponseBase:
    """Every refund."""
    return RefundList(request.member, request.GET).respond(request)


def refund_or_404(refund_id: UUID) -> Refund:
    row = get_or_404(Refund, refund_id)
    if row.operation_id:
        row.operation = light(row.operation_id)
    return row


@page("settlement.cashier.view")
def refund_detail(request: PortalRequest, refund_id: UUID) -> HttpResponseBase:
    """Where a refund stands, how that came about, and submitting it again under its number."""
    row = refund_or_404(refund_id)
    may = request.member.may
    again = row.state in (RefundState.REJECTED, RefundState.WITHDRAWN)
    context = {
        "refund": row,
        "row": row,
        "form": ReasonForm(),
        "may_again": may("settlement.cashier.refund") and again,
        "may_accept": may("settlement.cashier.check") and row.state == RefundState.ODD,
        "may_print": may("settlement.papers.make") and row.is_receiptable,
        "left": max(row.recharge.refundable, Decimal("0.00")),
        "operations": operations_about(row)[:20],
        "exchanges": exchanges_shown(row.number, request.member),
    }
    return render(request, "settlement/refund.html", context)


@page("settlement.cashier.view")
def refund_state(request: PortalRequest, refund_id: UUID) -> HttpResponseBase:
    return moving(request, refund_or_404(refund_id), "settlement:refund-state")


@page("settlement.cashier.refund", methods=("POST",))
def refund_resubmit(request: PortalRequest, refund_id: UUID) -> HttpResponse:
    """Submit it again: the same amount under the same number."""
    row = refund_or_404(refund_id)
    done = f"已用原退款单号重新提交，{second_says(request)}"
    act = lambda: refund_again(row, by=request.member)  # noqa: E731
    return said(request, act, done, "settlement:refund", row.pk)


@page("settlement.cashier.check", methods=("POST",))
def refund_accept(request: PortalRequest, refund_id: UUID) -> HttpResponse:
    """A reviewer has asked the platform what really went back."""
    row = refund_or_404(refund_id)
    reason = request.POST.get("reason", "")
    act = lambda: accept_odd(row, by=request.member, reason=reason)  # noqa: E731
    return said(request, act, "已记录核对结果", "settlement:refund", row.pk)


@page("settlement.papers.make", methods=("POST",))
def money_receipt(request: PortalRequest, kind: str, row_id: UUID) -> HttpResponseBase:
    """The receipt of a recharge or a refund as PDF; counted, and marked when it is printed again."""
    row: Any = recharge_or_404(row_id) if kind == "recharge" else refund_or_404(row_id)
    try:
        paper = money.gather(row, by=request.member)
        content = money.write(paper)
    except (Refused, PaperFailed) as failure:
        messages.error(request, failure.sentence)
        return redirect(f"settlement:{kind}", row.pk)
    money.recorded(row, paper, by=request.member)
    return attachment(content, money.file_name(paper), PDF)
