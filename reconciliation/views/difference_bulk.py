"""The same for many differences: deciding, agreeing, assigning; and decisions by spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Sum
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.actions import EXPORTED
from portal.web.tables import SelectionChanged
from portal.web.tables.export import attachment, in_words
from reconciliation.forms.differences import AssignForm, DecideManyForm, SheetForm
from reconciliation.models import DecisionSheet
from reconciliation.papers.sheet import decision_sheet
from reconciliation.services.deciding_many import MOST, Taken, approve_all, propose_all
from reconciliation.services.discussing import assign, colleagues
from reconciliation.services.refusals import Refused
from reconciliation.services.sheets import preview, take
from reconciliation.views.asking import acted
from reconciliation.views.difference_lists import DifferenceList

FIRST = 10


@page("reconciliation.differences.decide", methods=("POST",))
def difference_decide(request: PortalRequest) -> HttpResponseBase:
    """First what was chosen, with the form; then the decision for all of it."""
    form = DecideManyForm(request.POST if "step" in request.POST else None)
    return _chosen(
        request, form, "decide", lambda rows: propose_all(rows, **form.cleaned_data, by=request.member).sentence
    )


@page("reconciliation.differences.discuss", methods=("POST",))
def difference_assign(request: PortalRequest) -> HttpResponseBase:
    """First what was chosen, with the colleagues; then it is theirs."""
    form = AssignForm(request.POST if "step" in request.POST else None, people=colleagues())
    return _chosen(
        request, form, "assign", lambda rows: f"已指派 {assign(rows, form.chosen, by=request.member):,} 条差异"
    )


def _chosen(request: PortalRequest, form: Any, what: str, act: Callable[[Any], str]) -> HttpResponseBase:
    back = reverse("reconciliation:difference-list") + f"?{request.POST.get('query', '')}"
    try:
        rows = DifferenceList.selection(request).checked()
    except SelectionChanged as changed:
        messages.error(request, str(changed))
        return redirect(back)
    if form.is_bound and form.is_valid() and (sentence := acted(form, lambda: act(rows))):
        messages.success(request, sentence)
        return redirect(back)
    sums = rows.order_by().aggregate(count=Count("pk"), total=Sum("total_gap"))
    context = {"form": form, "sums": sums, "first": rows[:FIRST], "kept": _kept(request), "back": back, "what": what}
    return render(request, "reconciliation/difference_chosen.html", context)


def _kept(request: PortalRequest) -> list[tuple[str, str]]:
    """The selection, carried along as hidden fields."""
    names = ("all", "query", "claimed")
    return [(name, request.POST.get(name, "")) for name in names] + [("ids", pk) for pk in request.POST.getlist("ids")]


@page("reconciliation.differences.approve", methods=("POST",))
def difference_approve(request: PortalRequest) -> HttpResponseBase:
    """Agree to what was proposed for all that was chosen."""
    try:
        taken = approve_all(DifferenceList.selection(request).checked(), by=request.member)
    except (SelectionChanged, Refused) as refusal:
        messages.error(request, str(refusal))
    else:
        _say(request, taken)
    return redirect(reverse("reconciliation:difference-list") + f"?{request.POST.get('query', '')}")


def _say(request: PortalRequest, taken: Taken) -> None:
    (messages.success if taken.count else messages.error)(request, taken.sentence)


@page("reconciliation.differences.decide")
def sheet_download(request: PortalRequest) -> HttpResponseBase:
    """What the list shows as an Excel file with two empty columns, to be filled in and uploaded."""
    listed = DifferenceList(request.member, request.GET)
    rows = listed.filtered
    if rows.count() > MOST:
        messages.error(request, f"一次最多处理 {MOST:,} 条，请先缩小范围再下载处理表")
        return redirect(reverse("reconciliation:difference-list") + listed.address())
    assert request.member.institution
    about = [("机构", str(request.member.institution)), ("条件", in_words(listed))]
    content = decision_sheet(rows, about=about)
    record(EXPORTED, by=request.member, title="差异处理表", rows=rows.count(), filter=in_words(listed)[:300])
    return attachment(content, f"差异处理表_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx", CONTENT_TYPE)


@page("reconciliation.differences.decide", methods=("GET", "POST"))
def sheet_upload(request: PortalRequest) -> HttpResponseBase:
    """A filled-in sheet: read and shown, nothing is decided yet."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = str(form.cleaned_data["file"].name)
        made = acted(form, lambda: preview(name, form.lines, by=request.member))
        if made:
            return redirect("reconciliation:sheet-preview", made.pk)
    return render(request, "reconciliation/sheet_upload.html", {"form": form})


@page("reconciliation.differences.decide", methods=("GET", "POST"))
def sheet_preview(request: PortalRequest, sheet_id: UUID) -> HttpResponseBase:
    """What each line would do and what is wrong with it; the button proposes it."""
    sheet = get_or_404(DecisionSheet, sheet_id)
    if request.method == "POST":
        try:
            _say(request, take(sheet, by=request.member))
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        return redirect("reconciliation:difference-list")
    return render(request, "reconciliation/sheet_preview.html", {"sheet": sheet})
