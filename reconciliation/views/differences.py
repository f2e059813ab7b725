"""One difference: both sides, its story, deciding about it; and the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.exchanges import exchanges_shown
from reconciliation.forms.differences import AssignForm, CommentForm, DecideForm, ReasonForm
from reconciliation.models import Decision, DecisionState, Difference
from reconciliation.services.cases import centres_row, offers_for
from reconciliation.services.deciding import approve, propose, refuse, withdraw
from reconciliation.services.discussing import assign, colleagues, comment
from reconciliation.services.figures import ages, by_kind
from reconciliation.services.story import links_of, sides_of, story_of
from reconciliation.views.asking import acted, environment, said
from reconciliation.views.difference_lists import DifferenceList

DETAIL = "reconciliation:difference-detail"


@page("reconciliation.runs.view")
def difference_list(request: PortalRequest) -> HttpResponseBase:
    """差异: counts and amounts by kind of what is listed, ages of all that is open, the rows."""
    listed = DifferenceList(request.member, request.GET)
    mine = Difference.objects.filter(environment=environment(request))
    context: dict[str, Any] = {"may": rights(request), "run": request.GET.get("run", "")}
    if "part" not in request.GET and "export" not in request.GET:
        context |= {"kinds": by_kind(listed.filtered), "ages": ages(mine)}
    return listed.respond(request, **context)


def rights(request: PortalRequest) -> dict[str, bool]:
    """What this member may do, for the buttons."""
    may = request.member.may
    return {
        "decide": may("reconciliation.differences.decide"),
        "approve": may("reconciliation.differences.approve"),
        "discuss": may("reconciliation.differences.discuss"),
        "start": may("reconciliation.runs.start"),
        "files": may("reconciliation.files.read"),
    }


@page("reconciliation.runs.view")
def difference_detail(request: PortalRequest, difference_id: UUID) -> HttpResponseBase:
    """Both sides, why the two books differ, everything that led there, and what can be done."""
    return render(request, "reconciliation/difference_detail.html", shown(request, difference_of(difference_id)))


def difference_of(difference_id: UUID) -> Difference:
    """The difference with both sides; Http404 for nobody's here."""
    found = get_or_404(Difference, difference_id)
    sides = Difference.objects.select_related("entry", "their_row", "run", "last_run", "assigned_to")
    return sides.get(pk=found.pk)


def shown(request: PortalRequest, difference: Difference, form: Any = None, comments: Any = None) -> dict[str, Any]:
    """Everything that stands on the page; `form` and `comments` with what was typed."""
    may, member = rights(request), request.member
    offers = offers_for(difference, by=member) if may["decide"] else []
    waiting = difference.decisions.filter(state=DecisionState.PROPOSED).first()
    number = difference.mdtrt_id or difference.about
    return {
        "difference": difference,
        "may": may,
        "sides": sides_of(difference),
        "has_theirs": centres_row(difference) is not None,
        "links": links_of(difference),
        "story": story_of(difference),
        "exchanges": exchanges_shown(number, member),
        "offers": offers,
        "form": form or (DecideForm(offers=offers) if offers else None),
        "waiting": waiting,
        "is_mine": waiting is not None and member.is_user(waiting.proposed_by_id),
        "refuse_form": ReasonForm(),
        "comment_form": comments or CommentForm(),
        "assign_form": AssignForm(people=colleagues(), initial={"to": difference.assigned_to_id or ""}),
    }


@page("reconciliation.differences.decide", methods=("POST",))
def decide_one(request: PortalRequest, difference_id: UUID) -> HttpResponseBase:
    """Propose what shall be done; where no second person is wanted it is done."""
    difference = difference_of(difference_id)
    form = DecideForm(request.POST, offers=offers_for(difference, by=request.member))
    if form.is_valid():
        made = acted(form, lambda: propose(difference, **form.cleaned_data, by=request.member))
        if made:
            waits = made.state == DecisionState.PROPOSED
            messages.success(request, "已提出，由另一位复核人员复核后办理" if waits else f"已办理：{made.said}")
            return redirect(DETAIL, difference.pk)
    return render(request, "reconciliation/difference_detail.html", shown(request, difference, form))


def decision_of(decision_id: UUID) -> Decision:
    found = get_or_404(Decision, decision_id)
    found.difference = difference_of(found.difference_id)
    return found


@page("reconciliation.differences.approve", methods=("POST",))
def decision_approve(request: PortalRequest, decision_id: UUID) -> HttpResponse:
    """The second person agrees: it is done."""
    decision = decision_of(decision_id)
    done = "已复核，处理结果显示在本页"
    return said(request, lambda: approve(decision, by=request.member), done, DETAIL, decision.difference_id)


@page("reconciliation.differences.approve", methods=("POST",))
def decision_refuse(request: PortalRequest, decision_id: UUID) -> HttpResponse:
    """The second person sends it back with a reason."""
    decision, reason = decision_of(decision_id), request.POST.get("reason", "")
    done = "已退回，差异恢复为待处理"
    return said(
        request, lambda: refuse(decision, by=request.member, reason=reason), done, DETAIL, decision.difference_id
    )


@page("reconciliation.differences.decide", methods=("POST",))
def decision_withdraw(request: PortalRequest, decision_id: UUID) -> HttpResponse:
    """Take a proposal back before it is agreed to."""
    decision = decision_of(decision_id)
    done = "已撤回，差异恢复为待处理"
    return said(request, lambda: withdraw(decision, by=request.member), done, DETAIL, decision.difference_id)


@page("reconciliation.differences.discuss", methods=("POST",))
def difference_comment(request: PortalRequest, difference_id: UUID) -> HttpResponseBase:
    """A remark for colleagues."""
    difference, form = difference_of(difference_id), CommentForm(request.POST)
    made = None
    if form.is_valid():
        made = acted(form, lambda: comment(difference, form.cleaned_data["text"], by=request.member))
    if made is not None:
        messages.success(request, "已备注")
        return redirect(DETAIL, difference.pk)
    return render(request, "reconciliation/difference_detail.html", shown(request, difference, comments=form))


@page("reconciliation.differences.discuss", methods=("POST",))
def assign_one(request: PortalRequest, difference_id: UUID) -> HttpResponse:
    """Who looks after it."""
    difference, form = difference_of(difference_id), AssignForm(request.POST, people=colleagues())
    if not form.is_valid():
        messages.error(request, "请选择本机构的经办或复核人员")
        return redirect(DETAIL, difference.pk)
    rows = Difference.objects.filter(pk=difference.pk)
    return said(request, lambda: assign(rows, form.chosen, by=request.member), "已指派", DETAIL, difference.pk)
