"""Purchases: a basket for an identified person, typed like a spreadsheet; preview and settling follow from it."""

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
from settlement.forms.basket import CELLS, BasketForm, BasketRows, Row, first_values
from settlement.models import Identification, Visit, VisitKind, VisitState
from settlement.services.identity import patient_of
from settlement.services.items import search_items
from settlement.services.lines import LineGiven
from settlement.services.pharmacy import begin_purchase, change_purchase, drop_purchase
from settlement.services.refusals import Refused
from settlement.services.settling.previews import ask_preview
from settlement.views.asking import environment, said, visit_or_404


@page("settlement.pharmacy.settle", methods=("GET", "POST"))
def pharmacy_new(request: PortalRequest) -> HttpResponseBase:
    """A new basket for whoever was identified (`identification`); without one, the desk identifies first."""
    wanted = request.GET.get("identification", "")
    if not wanted:
        messages.info(request, "请先识别购药人身份")
        return redirect("settlement:identify")
    found = get_or_404(Identification, wanted)
    try:
        patient = patient_of(found)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:identify")
    form, rows = BasketForm(request.POST or None), BasketRows(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        make = lambda lines: begin_purchase(patient, lines, by=request.member, **form.cleaned_data)  # noqa: E731
        if visit := stored(form, rows, make):
            return onward(request, visit)
    context = {"identification": found, "patient": patient}
    return render(request, "settlement/basket.html", basket(form, rows) | context)


@page("settlement.pharmacy.settle", methods=("GET", "POST"))
def pharmacy_edit(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The basket again, while nothing of it is settled."""
    visit = visit_or_404(visit_id)
    if visit.kind != VisitKind.PHARMACY or visit.state != VisitState.DRAFT or visit.is_moving:
        return redirect("settlement:visit-detail", visit.pk)
    lines = visit.lines.order_by("number")
    form = BasketForm(request.POST or first_values(visit))
    rows = BasketRows(request.POST) if request.method == "POST" else BasketRows(lines=list(lines))
    if request.method == "POST":
        change = lambda given: change_purchase(visit, given, by=request.member, **form.cleaned_data)  # noqa: E731
        if stored(form, rows, change):
            return onward(request, visit)
    return render(request, "settlement/basket.html", basket(form, rows) | {"visit": visit})


def basket(form: BasketForm, rows: BasketRows) -> dict[str, Any]:
    return {"form": form, "rows": rows.rows, "cells": CELLS, "empty": Row()}


def stored(form: BasketForm, rows: BasketRows, store: Callable[[list[LineGiven]], Visit]) -> Visit | None:
    """The stored basket, or None with everything that is wrong beside its row or field."""
    given = rows.given()
    if not form.is_valid() or given is None:
        return None
    try:
        return store(given)
    except Refused as refusal:
        for sentence in rows.blame(refusal.faults):
            form.add_error(None, sentence)
        return None


def onward(request: PortalRequest, visit: Visit) -> HttpResponse:
    """To the preview, or only to the visit when the basket was merely kept."""
    if "preview" not in request.POST:
        messages.success(request, "已保存")
        return redirect("settlement:visit-detail", visit.pk)
    try:
        return redirect("settlement:settle", ask_preview(visit, by=request.member).pk)
    except Refused as refusal:
        messages.error(request, f"已保存，没有预结算：{refusal.sentence}")
        return redirect("settlement:pharmacy-edit", visit.pk)


@page("settlement.pharmacy.settle", methods=("POST",))
def pharmacy_drop(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Delete a basket of which nothing was sent."""
    visit = visit_or_404(visit_id)
    act = lambda: drop_purchase(visit, by=request.member)  # noqa: E731
    return said(request, act, "已删除", "settlement:visit-list")


@page("settlement.visits.view")
def item_search(request: PortalRequest) -> HttpResponseBase:
    """The part of the page with own items that fit what is typed."""
    items = search_items(environment(request), request.GET.get("q", "")[:60])
    return render(request, "settlement/parts/items_found.html", {"items": items})
