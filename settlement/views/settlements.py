"""A settlement on its page: what was shown, confirmed, what came of it, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.gateway.exchanges import exchanges_shown
from portal.gateway.journal import Operation
from portal.papers.failures import PaperFailed
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.web.tables.export import attachment
from settlement.forms.settling import ConfirmForm, ReasonForm, VoucherForm
from settlement.models import Identification, Settlement, SettlementState
from settlement.papers import receipt
from settlement.rules.identity import Way, WrongCertificate
from settlement.rules.identity import shown as certificate_shown
from settlement.services.identity import fresh_certificate, identify
from settlement.services.refusals import Refused
from settlement.services.settling.certificates import E_VOUCHER
from settlement.services.settling.fetching import fetch_amounts
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.reversal import live_reversal, propose_reversal, reversal_obstacle
from settlement.services.settling.settle import settle as settle_now
from settlement.services.settling.standing import standing
from settlement.services.settling.undoing import accept, undo, undo_obstacle
from settlement.services.settling.ways import way_of
from settlement.views.asking import acted, said, second_says, settlement_or_404, visit_or_404
from settlement.views.visit_lists import SettlementList

#: Who may settle which kind of visit.
MAY_SETTLE = {
    "pharmacy": "settlement.pharmacy.settle",
    "outpatient": "settlement.outpatient.settle",
    "inpatient": "settlement.inpatient.settle",
}
#: Lines that the page itself shows.
SHOWN_LINES = 200


@page("settlement.visits.view")
def settlement_list(request: PortalRequest) -> HttpResponseBase:
    """All settlements that stand, or those of a state."""
    return SettlementList(request.member, request.GET).respond(request)


@page("settlement.visits.view")
def settlement_detail(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """Amounts, funds, lines, what does not add up, and how it came about."""
    settlement = settlement_or_404(settlement_id)
    may = request.member.may
    operation = settlement.operation
    context = {
        **amounts(settlement),
        "may_settle": may(MAY_SETTLE[settlement.kind]) and settlement.state == SettlementState.PREVIEW,
        "may_undo": may("settlement.settlements.undo") and not undo_obstacle(settlement),
        "may_accept": may("settlement.settlements.accept") and settlement.state == SettlementState.BROKEN,
        "may_print": may("settlement.papers.make") and settlement.is_receiptable,
        "may_reverse": may("settlement.settlements.undo") and settlement.is_doubtful and operation is not None,
        "reason_form": ReasonForm(),
        "exchanges": exchanges_shown(settlement.visit.mdtrt_id or settlement.visit.number, request.member),
    }
    return render(request, "settlement/settlement_detail.html", context)


def amounts(settlement: Settlement) -> dict[str, Any]:
    """What every page about one settlement shows."""
    lines = settlement.visit.lines.filter(bill=settlement.bill).order_by("number")
    return {
        "settlement": settlement,
        "visit": settlement.visit,
        "shares": list(settlement.shares.all()),
        "lines": list(lines[:SHOWN_LINES]),
        "more_lines": max(0, settlement.lines_count - SHOWN_LINES),
        "standing": standing(settlement.visit),
    }


@page("settlement.visits.view")
def settlement_state(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """Part page, polled while a preview or an operation is under way; then the whole page is loaded anew."""
    settlement = settlement_or_404(settlement_id)
    answer = render(request, "settlement/parts/settlement_moving.html", {**amounts(settlement)})
    if not is_moving(settlement):
        answer["HX-Refresh"] = "true"
    return answer


def is_moving(settlement: Settlement) -> bool:
    """Whether it will change without anybody's help."""
    operation = settlement.visit.operation
    return settlement.state == SettlementState.ASKING or (operation is not None and operation.is_moving)


@page("settlement.visits.view", methods=("POST",))
def visit_preview(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Ask the centre for a preview of the visit, or of one bill (`bill`)."""
    visit = visit_or_404(visit_id)
    if not request.member.may(MAY_SETTLE[visit.kind]):
        messages.error(request, "您没有办理这类结算的权限")
        return redirect("settlement:visit-detail", visit.pk)
    try:
        bill = visit.bills.get(pk=request.POST["bill"]) if request.POST.get("bill") else None
        shown = ask_preview(visit, bill, by=request.member, is_interim=request.POST.get("interim") == "1")
    except Refused as refusal:
        messages.error(request, f"没有预结算：{refusal.sentence}")
        return redirect("settlement:visit-detail", visit.pk)
    return redirect("settlement:settle", shown.pk)


@page("settlement.visits.view", methods=("GET", "POST"))
def settle(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """What the patient agrees to: split by fund, account and cash, then the button that settles."""
    settlement = settlement_or_404(settlement_id)
    if settlement.state not in (SettlementState.ASKING, SettlementState.PREVIEW):
        return redirect("settlement:settlement-detail", settlement.pk)
    fresh = shown_anew(request, settlement)
    form = ConfirmForm(request.POST or None)
    may = request.member.may(MAY_SETTLE[settlement.kind])
    if request.method == "POST" and may and form.is_valid():
        made = acted(form, lambda: settle_with(request, settlement, fresh, form.cleaned_data["invoice"]))
        if made:
            messages.success(request, "已提交结算，结果显示在本页")
            return redirect("settlement:settlement-detail", settlement.pk)
    context = {**amounts(settlement), "form": form, "may_settle": may, "moving": is_moving(settlement), "fresh": fresh}
    context["obstacle"] = way_of(settlement).settle_obstacle(settlement)
    context |= {"voucher_form": VoucherForm(), "needs_voucher": settlement.visit.certificate_type == E_VOUCHER}
    return render(request, "settlement/settle.html", context)


def shown_anew(request: PortalRequest, settlement: Settlement) -> Identification | None:
    """What the patient showed for this settlement (`fresh`): an identification that is about this visit."""
    wanted = request.POST.get("fresh") or request.GET.get("fresh") or ""
    rows = Identification.objects.filter(about=settlement.visit.number)
    return rows.filter(pk=UUID(wanted)).first() if is_uuid(wanted) else None


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def settle_with(
    request: PortalRequest, settlement: Settlement, fresh: Identification | None, invoice: str
) -> Operation:
    person_no = settlement.visit.person_no.reveal()
    certificate = fresh_certificate(fresh, person_no) if fresh else None
    return settle_now(settlement, by=request.member, certificate=certificate, invoice=invoice)


@page("settlement.people.identify", methods=("POST",))
def settle_voucher(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    """Read a fresh e-voucher for this settlement; the confirmation waits for the answer."""
    settlement = settlement_or_404(settlement_id)
    address = reverse("settlement:settle", args=[settlement.pk])
    try:
        certificate = certificate_shown(Way.VOUCHER, request.POST.dict(), timezone.localdate())
        visit = settlement.visit
        found = identify(certificate, by=request.member, way=Way.VOUCHER, med_type=visit.med_type, about=visit.number)
    except WrongCertificate as wrong:
        messages.error(request, str(wrong))
        return redirect(address)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(address)
    return redirect(f"{address}?fresh={found.pk}")


@page("settlement.settlements.undo", methods=("GET", "POST"))
def settlement_undo(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """Says what goes back to whom before the red button."""
    settlement = settlement_or_404(settlement_id)
    if request.method == "POST":
        done = f"已提交撤销结算，{second_says(request)}"
        act = lambda: undo(settlement, by=request.member)  # noqa: E731
        return said(request, act, done, "settlement:settlement-detail", settlement.pk)
    context = {**amounts(settlement), "obstacle": undo_obstacle(settlement)}
    return render(request, "settlement/settlement_undo.html", context)


@page("settlement.settlements.undo", methods=("GET", "POST"))
def settlement_reverse(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """Propose to reverse a settlement whose result nothing proves (2601)."""
    settlement = settlement_or_404(settlement_id)
    operation = settlement.undone_by if settlement.state == SettlementState.UNDOING else settlement.operation
    if operation is None:
        return redirect("settlement:settlement-detail", settlement.pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if acted(form, lambda: propose_reversal(operation, by=request.member, reason=reason)):
            messages.success(request, "已提交冲正，须由复核人员复核后才会发送")
            return redirect("settlement:settlement-detail", settlement.pk)
    obstacle = reversal_obstacle(operation)
    context = {**amounts(settlement), "form": form, "obstacle": obstacle, "reversal": live_reversal(operation)}
    return render(request, "settlement/settlement_reverse.html", context)


@page("settlement.settlements.accept", methods=("POST",))
def settlement_accept(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    """A reviewer accepts amounts that do not add up."""
    settlement = settlement_or_404(settlement_id)
    reason = request.POST.get("reason", "")
    act = lambda: accept(settlement, by=request.member, reason=reason)  # noqa: E731
    return said(request, act, "已认可，可以收款和打印", "settlement:settlement-detail", settlement.pk)


@page("settlement.visits.view", methods=("POST",))
def settlement_fetch(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    """Ask for the amounts of a settlement whose answer nobody could read."""
    settlement = settlement_or_404(settlement_id)
    act = lambda: fetch_amounts(settlement, by=request.member)  # noqa: E731
    return said(request, act, "正在取回结算信息", "settlement:settlement-detail", settlement.pk)


@page("settlement.papers.make", methods=("POST",))
def settlement_receipt(request: PortalRequest, settlement_id: UUID) -> HttpResponseBase:
    """The receipt as PDF; counted, and marked when it is printed again."""
    settlement = settlement_or_404(settlement_id)
    try:
        paper = receipt.gather(settlement, by=request.member)
        content = receipt.write(paper)
    except (Refused, PaperFailed) as failure:
        messages.error(request, failure.sentence)
        return redirect("settlement:settlement-detail", settlement.pk)
    receipt.recorded(settlement, paper, by=request.member)
    return attachment(content, receipt.file_name(paper), PDF)
