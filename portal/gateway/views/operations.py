"""One operation: where it stands, what happens next, and what people may do about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import Member, PortalRequest
from portal.access.rows import in_environment
from portal.gateway import shown
from portal.gateway.journal import services
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.moves import Overtaken
from portal.gateway.journal.states import DOUBTFUL, Finding, Outcome, State, Task

ANSWERS = {
    "applied": (Finding.APPLIED, False),
    "not_applied": (Finding.NOT_APPLIED, False),
    "again": (Finding.NOT_APPLIED, True),
}


@page("gateway.operations.view")
def operation(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found = get_or_404(Operation, operation_id)
    context = facts(found) | may(found, request.member)
    return render(request, "gateway/operation.html", context)


@page("gateway.operations.view")
def operation_part(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    """What the page asks for every two seconds while the operation moves; a new state loads the whole page."""
    found = get_or_404(Operation, operation_id)
    if request.GET.get("state") != found.state:
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "gateway/parts/operation_part.html", facts(found))


def facts(found: Operation) -> dict[str, Any]:
    attempts = Attempt.objects.filter(operation=found).order_by("n")
    evidence = Evidence.objects.filter(operation=found).select_related("decided_by", "confirmed_by").order_by("at")
    return {
        "operation": found,
        "tone": shown.tone(found),
        "steps": shown.steps(found),
        "next": shown.what_next(found),
        "task": Task(found.task).label if found.task else "",
        "totals": shown.totals(found),
        "gateway_title": shown.gateway_title(found.gateway),
        "kind_title": shown.kind_title(found.gateway, found.kind),
        "attempts": [(attempt, shown.OUTCOME_TONES.get(Outcome(attempt.outcome), "")) for attempt in attempts],
        "evidence": evidence,
        "log_number": log_number(found),
        "request_items": shown.request_items(found),
        "reply_items": shown.reply_items(found),
    }


def log_number(found: Operation) -> str:
    """The business number by which the exchange log finds everything about its object; "" when it has none."""
    rows = found.attempt_rows.exclude(subject="")
    number = rows.values_list("subject", flat=True).first() if found.attempts else ""
    return str(number or "")


def may(found: Operation, member: Member) -> dict[str, Any]:
    """Which acts the page offers; the services decide again."""
    own = member.is_user(found.created_by_id)
    approves = found.state == State.DRAFT and member.may("gateway.operations.approve") and not own
    open_ = found.state in (State.DRAFT, State.QUEUED)
    decides = member.may("gateway.operations.decide") and member.user is not None
    return {
        "may_approve": approves,
        # Whoever may refuse it refuses it; taking it back is for the others.
        "may_withdraw": open_ and not approves and member.may("gateway.operations.withdraw"),
        "may_look": found.state in (State.IN_DOUBT, State.RESOLVING) and member.may("gateway.operations.look"),
        "may_decide": found.state == State.MANUAL and decides and not own,
        "may_read": decides and not found.is_live and found.task not in (Task.NONE, Task.UNAPPLIED),
        "may_see_attempts": member.may("gateway.attempts.view"),
        "proposal": services.proposal(found) if found.state == State.MANUAL else None,
        "consequence": shown.consequence(found),
        "own": own,
    }


@page("gateway.operations.approve", methods=("POST",))
def approve(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found = get_or_404(Operation, operation_id)
    if found.version != int_of(request.POST.get("version")):
        return say(request, found, error=Overtaken.sentence)
    return act(request, found, lambda: services.approve(found, by=request.member), "已复核，正在发送")


@page("gateway.operations.approve", methods=("POST",))
def refuse(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found, reason = get_or_404(Operation, operation_id), request.POST.get("reason", "")
    return act(request, found, lambda: services.refuse(found, by=request.member, reason=reason), "已退回，没有发送")


@page("gateway.operations.withdraw", methods=("POST",))
def withdraw(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found, reason = get_or_404(Operation, operation_id), request.POST.get("reason", "")
    return act(request, found, lambda: services.withdraw(found, by=request.member, reason=reason), "已撤回，没有发送")


@page("gateway.operations.look", methods=("POST",))
def look(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found = get_or_404(Operation, operation_id)
    return act(request, found, lambda: services.look_now(found, by=request.member), "正在向医保中心查询核实")


@page("gateway.operations.decide", methods=("POST",))
def decide(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found, reason = get_or_404(Operation, operation_id), request.POST.get("reason", "")
    answer = ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        return say(request, found, error="请选择认定结果")
    verdict, again = answer
    return act(
        request,
        found,
        lambda: services.decide_manually(found, verdict, by=request.member, reason=reason, again=again),
        "您的认定已记录；两人认定一致时立即生效",
    )


@page("gateway.operations.decide", methods=("POST",))
def mark_read(request: PortalRequest, operation_id: UUID) -> HttpResponseBase:
    found, reason = get_or_404(Operation, operation_id), request.POST.get("reason", "")
    return act(request, found, lambda: services.mark_read(found, by=request.member, reason=reason), "待办已结束")


def act(request: PortalRequest, found: Operation, step: Any, said: str) -> HttpResponseBase:
    try:
        step()
    except (services.NotAllowed, Overtaken) as refusal:
        return say(request, found, error=refusal.sentence)
    return say(request, found, success=said)


def say(request: PortalRequest, found: Operation, *, success: str = "", error: str = "") -> HttpResponseBase:
    if error:
        messages.error(request, error)
    else:
        messages.success(request, success)
    if request.POST.get("back") == "approvals":
        return redirect("gateway:approvals")
    return redirect("gateway:operation", found.pk)


def int_of(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1


@page("gateway.operations.view")
def approvals(request: PortalRequest) -> HttpResponseBase:
    """Drafts that wait for a second person; one's own are shown without buttons."""
    drafts = in_own_environment(request.member).filter(state=State.DRAFT).order_by("created_at")[:200]
    rows = [
        {
            "operation": draft,
            "totals": shown.totals(draft),
            "gateway": shown.gateway_title(draft.gateway),
            "consequence": shown.consequence(draft),
            "may": request.member.may("gateway.operations.approve") and not request.member.is_user(draft.created_by_id),
        }
        for draft in drafts
    ]
    return render(request, "gateway/approvals.html", {"rows": rows})


@page("gateway.operations.view")
def doubts(request: PortalRequest) -> HttpResponseBase:
    """Everything whose result is not certain, in either environment, and the open tasks that people must see."""
    here = request.member.institution.environment if request.member.institution else ""
    rows = [(one, shown.tone(one), one.environment != here) for one in open_doubts()[:200]]
    return render(request, "gateway/doubts.html", {"rows": rows})


def in_own_environment(member: Member) -> Any:
    here = member.institution.environment if member.institution else ""
    return in_environment(Operation.objects.defer("request", "reply"), here)


def open_doubts() -> Any:
    uncertain = Operation.objects.filter(state__in=DOUBTFUL)
    return (uncertain | Operation.objects.exclude(task=Task.NONE)).defer("request", "reply").order_by("state_since")
