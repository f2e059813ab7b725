"""The discharge editor: head, invoices, check and submission, taking back (4.13, 4.14, 4.26, 4.27)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.forms.discharge import CrossInvoiceForm, HeadForm, InvoiceForm
from injury.models import Admission, Flow, Invoice
from injury.rules.discharge import INVOICE, cents, head_obstacles
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.discharge_drafts import HEAD, Conflict, draft_of, save_head
from injury.services.discharge_files import Paper, add_invoice, drop_invoice, invoices_of
from injury.services.discharge_standing import discharge_standing
from injury.services.refusals import Refused
from injury.views.discharge_parts import admission_or_404, frame, seat_of, tell, version_of
from injury.views.sections import section
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest


@page("injury.discharge.submit", methods=("GET", "POST"))
def editor(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """出院信息: the head of the draft, and what the whole draft still lacks."""
    admission = admission_or_404(admission_id)
    found = draft_of(admission)
    seat = seat_of(request, version_of(found))
    if request.method == "POST":
        return _saved_head(request, admission)
    form = HeadForm(initial={name: getattr(found, name) for name in HEAD} if found else _usual(admission))
    return render(request, "injury/discharge.html", frame(admission, "head", form=form, seat=seat))


def _saved_head(request: PortalRequest, admission: Admission) -> HttpResponseBase:
    form, seat = HeadForm(request.POST), seat_of(request, 1)
    quiet = request.headers.get("HX-Request") == "true"
    theirs = None
    if form.is_valid():
        try:
            saved = save_head(admission, form.cleaned_data, seat=seat, by=request.member)
        except Conflict as conflict:
            theirs = conflict.theirs
            form.add_error(None, conflict.sentence)
        except Refused as refusal:
            tell(form, refusal)
        else:
            if quiet:
                return render(request, "injury/parts/draft_saved.html", {"saved": saved})
            lacking = head_obstacles(discharge_standing(admission).facts)
            said = f"，还有 {len(lacking)} 处须补正" if lacking else ""
            messages.success(request, f"出院信息已保存{said}")
            return redirect("injury:discharge", admission.pk)
    if quiet:
        return render(request, "injury/parts/draft_saved.html", {"form": form})
    seat = seat_of(request, 1) if theirs is None else type(seat)(theirs.version, seat.name)
    context = frame(admission, "head", form=form, seat=seat, differing=_differing(form, theirs))
    return render(request, "injury/discharge.html", context, status=409 if theirs else 400)


def _differing(form: HeadForm, theirs: Any) -> list[tuple[str, Any, Any]]:
    """Label, what is stored, what was typed, where they differ."""
    if theirs is None:
        return []
    pairs = [(name, getattr(theirs, name), form.cleaned_data.get(name)) for name in HEAD]
    return [(str(form.fields[name].label), stored, typed) for name, stored, typed in pairs if stored != typed]


def _usual(admission: Admission) -> dict[str, Any]:
    return {"diagnosis_code": admission.diagnosis_code or admission.diseases, "diagnosis": admission.diagnosis}


@page("injury.discharge.submit", methods=("GET", "POST"))
def invoices(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """电子发票: those that go with the discharge; their sum must be the fees' sum."""
    admission = admission_or_404(admission_id)
    kind = CrossInvoiceForm if admission.flow == Flow.CROSS else InvoiceForm
    form = kind(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = add_invoice(admission, paper_of(form), by=request.member)
            except Refused as refusal:
                tell(form, refusal)
            else:
                messages.success(request, f"已添加{made}，{made.amount:,.2f} 元")
                return redirect("injury:discharge-invoices", admission.pk)
    context = frame(admission, "invoices", form=form)
    facts, found = context["standing"].facts, draft_of(admission)
    context["invoices"] = rows = invoices_of(found) if found else []
    context["total"] = cents(facts.fee_total)
    context["sum"] = invoice_sum(rows)
    context["difference"] = context["sum"] - context["total"]
    return render(request, "injury/discharge_invoices.html", context, status=status)


def invoice_sum(rows: list[Invoice]) -> Decimal:
    return sum((row.amount for row in rows if row.kind == INVOICE), Decimal("0.00"))


def paper_of(form: Any) -> Paper:
    """The form's file, read; only after is_valid()."""
    data = form.cleaned_data
    file = data["file"]
    return Paper(data.get("kind") or INVOICE, data["number"].strip(), data["amount"], str(file.name), file.read())


@page("injury.discharge.submit", methods=("POST",))
def invoice_drop(request: PortalRequest, invoice_id: UUID) -> HttpResponseBase:
    invoice = get_or_404(Invoice, invoice_id)
    admission = invoice.discharge.admission
    try:
        drop_invoice(invoice, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已移除{invoice}")
    return redirect("injury:discharge-invoices", admission.pk)


@page("injury.discharge.submit", methods=("GET", "POST"))
def submit(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """检查与办理: everything that is in the way; then the button."""
    admission = admission_or_404(admission_id)
    if request.method == "POST":
        try:
            operation = submit_discharge(admission, by=request.member)
        except Refused as refusal:
            messages.error(request, f"没有提交：{refusal.sentence}")
            return redirect("injury:discharge-submit", admission.pk)
        messages.success(request, f"已提交出院（{operation.sentence}），结果显示在就诊页面")
        return redirect("injury:admission-detail", admission.pk)
    found = draft_of(admission)
    rows = invoices_of(found) if found else []
    context = frame(admission, "submit", invoices=rows)
    context["sum"] = sum(
        (row.amount for row in rows if row.kind == INVOICE), start=cents(context["standing"].facts.fee_total) * 0
    )
    return render(request, "injury/discharge_submit.html", context)


@page("injury.discharge.undo", methods=("GET", "POST"))
def undo(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """撤销出院: names the stay before the red button."""
    admission = admission_or_404(admission_id)
    if request.method == "POST":
        try:
            operation = undo_discharge(admission, by=request.member)
        except Refused as refusal:
            messages.error(request, f"没有提交：{refusal.sentence}")
        else:
            waits = "须由复核人员复核后才会发送" if operation.four_eyes else "结果显示在就诊页面"
            messages.success(request, f"已提交撤销出院，{waits}")
        return redirect("injury:admission-detail", admission.pk)
    context = {"admission": admission, "standing": discharge_standing(admission)}
    return render(request, "injury/discharge_undo.html", context)


@section("discharge", "出院和材料")
def discharge_section(request: PortalRequest, admission: Admission) -> dict[str, Any]:
    """The draft or the discharge, its materials, and the ways to them."""
    may = request.member.may
    return {
        "discharge": discharge_standing(admission),
        "may_discharge": may("injury.discharge.submit"),
        "may_undo": may("injury.discharge.undo"),
    }
