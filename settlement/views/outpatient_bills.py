"""Bills of an outpatient visit: typed, sent, taken back, corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from settlement.forms.basket import CELLS, BasketRows, Row
from settlement.forms.outpatient import BillForm
from settlement.models import Bill, Visit
from settlement.rules.outpatient import needs_disease, why_not_add_bill, why_not_change_bill
from settlement.services.lines import LineGiven
from settlement.services.outpatient.bills import begin_bill, change_bill, correct_bill, drop_bill
from settlement.services.outpatient.removing import clear_upload, remove_bill
from settlement.services.outpatient.scenes import why_not
from settlement.services.outpatient.sending import send_bill
from settlement.services.refusals import Refused
from settlement.views.asking import said
from settlement.views.outpatient import DETAIL, outpatient_or_404


def bill_or_404(bill_id: UUID) -> Bill:
    """The bill with its visit and what moves it."""
    bill = get_or_404(Bill, bill_id)
    bill.visit = outpatient_or_404(bill.visit_id)
    return bill


@page("settlement.outpatient.settle", methods=("GET", "POST"))
def bill_new(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """Another bill of the visit."""
    visit = outpatient_or_404(visit_id)
    if obstacle := why_not(why_not_add_bill, visit):
        messages.error(request, obstacle)
        return redirect(DETAIL, visit.pk)
    disease = {"disease_code": visit.disease_code, "disease_name": visit.disease_name}
    form = BillForm(request.POST or None, is_new=True, initial=disease if needs_disease(visit.med_type) else {})
    rows = BasketRows(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        make = lambda lines: begin_bill(visit, lines, by=request.member, **form.given())  # noqa: E731
        if bill := stored(form, rows, make):
            return onward(request, bill)
    return render(request, "settlement/bill.html", editor(visit, form, rows))


@page("settlement.outpatient.settle", methods=("GET", "POST"))
def bill_edit(request: PortalRequest, bill_id: UUID) -> HttpResponseBase:
    """The bill again, while nothing of it was sent."""
    bill = bill_or_404(bill_id)
    if obstacle := why_not(why_not_change_bill, bill.visit, bill):
        messages.error(request, obstacle)
        return redirect(DETAIL, bill.visit_id)
    disease = {"disease_code": bill.disease_code, "disease_name": bill.disease_name}
    form = BillForm(request.POST or None, is_new=False, initial=disease)
    lines = list(bill.lines.order_by("number"))
    rows = BasketRows(request.POST) if request.method == "POST" else BasketRows(lines=lines)
    if request.method == "POST":
        change = lambda given: change_bill(bill, given, by=request.member, **form.given())  # noqa: E731
        if stored(form, rows, change):
            return onward(request, bill)
    return render(request, "settlement/bill.html", editor(bill.visit, form, rows) | {"bill": bill})


def editor(visit: Visit, form: BillForm, rows: BasketRows) -> dict[str, Any]:
    return {"visit": visit, "form": form, "rows": rows.rows, "cells": CELLS, "empty": Row()}


def stored(form: BillForm, rows: BasketRows, store: Callable[[list[LineGiven]], Bill]) -> Bill | None:
    """The stored bill, or None with everything that is wrong beside its row or field."""
    given = rows.given()
    if not form.is_valid() or given is None:
        return None
    try:
        return store(given)
    except Refused as refusal:
        for where, sentence in refusal.faults:
            if where in form.fields:
                form.add_error(where, sentence)
            else:
                for rest in rows.blame([(where, sentence)]):
                    form.add_error(None, rest)
        return None


def onward(request: PortalRequest, bill: Bill) -> HttpResponse:
    """To the centre, or only to the visit when it was merely kept."""
    if "send" not in request.POST:
        messages.success(request, "已保存收费批次")
        return redirect(DETAIL, bill.visit_id)
    try:
        send_bill(bill, by=request.member)
        messages.success(request, "已提交费用明细")
    except Refused as refusal:
        messages.warning(request, f"已保存，没有上传：{refusal.sentence}")
    return redirect(DETAIL, bill.visit_id)


@page("settlement.outpatient.settle", methods=("POST",))
def bill_send(request: PortalRequest, bill_id: UUID) -> HttpResponse:
    bill = bill_or_404(bill_id)
    return said(request, lambda: send_bill(bill, by=request.member), "已提交费用明细", DETAIL, bill.visit_id)


@page("settlement.visits.undo", methods=("POST",))
def bill_remove(request: PortalRequest, bill_id: UUID) -> HttpResponse:
    bill = bill_or_404(bill_id)
    return said(request, lambda: remove_bill(bill, by=request.member), "已提交撤销上传", DETAIL, bill.visit_id)


@page("settlement.visits.undo", methods=("POST",))
def bill_clear(request: PortalRequest, bill_id: UUID) -> HttpResponse:
    """Take back an upload that is in doubt."""
    bill = bill_or_404(bill_id)
    return said(request, lambda: clear_upload(bill, by=request.member), "已提交撤销上传", DETAIL, bill.visit_id)


@page("settlement.outpatient.settle", methods=("POST",))
def bill_correct(request: PortalRequest, bill_id: UUID) -> HttpResponse:
    """The lines of a bill that was taken back, in a new bill."""
    bill = bill_or_404(bill_id)
    try:
        anew = correct_bill(bill, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(DETAIL, bill.visit_id)
    return redirect("settlement:bill-edit", anew.pk)


@page("settlement.outpatient.settle", methods=("POST",))
def bill_drop(request: PortalRequest, bill_id: UUID) -> HttpResponse:
    bill = bill_or_404(bill_id)
    return said(request, lambda: drop_bill(bill, by=request.member), "已删除收费批次", DETAIL, bill.visit_id)
