"""Charges of a stay: the lines with what became of them, sums beside the centre's, entering, taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.codes import code_list
from settlement.forms.inpatient import ChargeScheduleForm, PasteForm
from settlement.models import LineState, Visit
from settlement.rules.stay_sums import beside
from settlement.services.inpatient.fees import add_lines, charge_again, drop_lines, preview_lines
from settlement.services.inpatient.pasted import COLUMNS, NEEDED, Pasted, read_pasted, text_of_file
from settlement.services.inpatient.reading import ours, stored
from settlement.services.inpatient.removing import remove_lines
from settlement.services.inpatient.scenes import READING, details_of, scene_of
from settlement.services.inpatient.scheduling import save_schedule, schedule_of
from settlement.views.asking import acted, environment, said
from settlement.views.inpatient import stay_or_404
from settlement.views.inpatient_steps import why_not

PAGE, SHOWN = 100, 200
STATES = [("", "全部"), *LineState.choices]
ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "drop": (drop_lines, "已删除所选的未上传明细"),
    "remove": (remove_lines, "已提交撤销所选的明细"),
    "again": (charge_again, "已按新的流水号转为待上传"),
}


@page("settlement.visits.view")
def charges(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The lines of a stay by state and day, and both sides' sums by kind and by day."""
    visit = stay_or_404(visit_id)
    state, on = request.GET.get("state", ""), request.GET.get("on", "")
    rows = visit.lines.order_by("-occurred_at", "number")
    rows = rows.filter(state=state) if state in LineState.values else rows
    rows = rows.filter(occurred_at__date=on) if _is_day(on) else rows
    reading = details_of(visit).get(READING)
    context = {
        "visit": visit,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "on": on,
        "states": STATES,
        "why": why_not(scene_of(visit)),
        "scene": scene_of(visit),
        "sums": sums_shown(visit, reading),
        "reading": reading,
        "read_at": datetime.fromisoformat(reading["read_at"]) if reading else None,
        "may_treat": request.member.may("settlement.inpatient.settle"),
        "may_undo_visit": request.member.may("settlement.visits.undo"),
    }
    return render(request, "settlement/charges.html", context)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def sums_shown(visit: Visit, reading: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Two tables, by kind of charge and by day: the centre's side as it was read last, ours as it was then."""
    labels = dict(code_list("national.med_chrgitm_type").choices())
    found = reading or stored(beside(ours(visit), ()))
    kinds = [[labels.get(row[0], row[0] or "未分类"), *_yuan(row)] for row in found["categories"]]
    days = [[row[0], *_yuan(row)] for row in found["days"]]
    return [{"title": "按收费项目类别", "rows": kinds}, {"title": "按日期", "rows": days}]


def _yuan(row: list[Any]) -> list[Any]:
    """What follows the key: counts as they are, sums as amounts."""
    return [Decimal(one) if isinstance(one, str) else one for one in row[1:]]


@page("settlement.visits.undo", methods=("POST",))
def charges_act(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """What is to become of the ticked lines."""
    visit = stay_or_404(visit_id)
    act, done = ACTS.get(request.POST.get("act", ""), ACTS["drop"])
    chosen = request.POST.getlist("line")[:1000]
    if not chosen:
        messages.error(request, "请先勾选明细")
        return redirect("settlement:charges", visit.pk)
    return said(request, lambda: act(visit, chosen, by=request.member), done, "settlement:charges", visit.pk)


@page("settlement.inpatient.settle", methods=("GET", "POST"))
def charges_enter(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """Lines pasted or from Excel: looked at first, then taken, all or none."""
    visit = stay_or_404(visit_id)
    form = PasteForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"visit": visit, "columns": COLUMNS, "needed": NEEDED, "why": why_not(scene_of(visit))}
    if request.method == "POST" and form.is_valid():
        text = acted(form, lambda: _text(form))
        pasted = acted(form, lambda: read_pasted(text)) if text is not None else None
        if pasted is not None:
            faults = [*pasted.faults, *preview_lines(visit, pasted.lines)]
            if "take" in request.POST and not faults and _taken(request, visit, pasted, form):
                return redirect("settlement:charges", visit.pk)
            context |= {"pasted": pasted, "faults": faults[:SHOWN], "text": text, "shown": pasted.lines[:20]}
            context["total"] = sum(one.sum for one in pasted.lines)
            form = PasteForm(initial={"text": text}) if not form.errors else form
    return render(request, "settlement/charges_enter.html", context | {"form": form})


def _text(form: PasteForm) -> str:
    file = form.cleaned_data.get("file")
    return text_of_file(file.read(5_000_001)) if file else str(form.cleaned_data["text"])


def _taken(request: PortalRequest, visit: Visit, pasted: Pasted, form: PasteForm) -> bool:
    made = acted(form, lambda: add_lines(visit, pasted.lines, by=request.member))
    if made:
        messages.success(request, f"已录入 {len(made):,} 条费用明细，等待上传")
    return bool(made)


@page("settlement.uploads.schedule", methods=("GET", "POST"))
def charge_schedule(request: PortalRequest) -> HttpResponseBase:
    """When charges of stays go by themselves."""
    setting = schedule_of(environment(request))
    form = ChargeScheduleForm(request.POST or None, initial={"is_on": setting.is_on, "at": setting.at})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if acted(form, lambda: save_schedule(**given, by=request.member)):
            messages.success(request, "住院费用自动上传的设置已保存")
            return redirect("settlement:charge-schedule")
    return render(request, "settlement/charge_schedule.html", {"form": form, "setting": setting})
