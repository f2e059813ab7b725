"""One call as its page shows it."""

from __future__ import annotations

from typing import Any

from portal.access.member import Member
from portal.gateway import shown
from portal.gateway.console import texts
from portal.gateway.console.lists import code_of, is_waiting, result_of, tone_of
from portal.gateway.console.models import ConsoleCall
from portal.gateway.console.services import kind_of
from portal.gateway.exchanges import Meaning, meaning_of
from portal.gateway.folding import Folded, folded, folded_text
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.jobs.models import LIVE, Job
from portal.vault import BrokenSeal


def result(call: ConsoleCall, member: Member) -> dict[str, Any]:
    """Everything the page says: what was sent and came back (masked), when, what it means, what comes next."""
    attempt = newest(call)
    sent, received = folded(attempt) if attempt is not None else (_typed(call), Folded([], "还没有答复"))
    meaning, stopped = _meaning(call, attempt), _stopped(call)
    return {
        "call": call,
        "attempt": attempt,
        "sent": sent,
        "received": received,
        "gateway_title": shown.gateway_title(call.gateway),
        "kind_title": shown.kind_title(call.gateway, call.kind),
        "result": stopped or result_of(call),
        "tone": "bad" if stopped else tone_of(call),
        "code": code_of(call),
        "meaning": meaning,
        "waiting": is_waiting(call) and not stopped,
        "state": call.operation.state if call.operation is not None else call.outcome,
        "next": shown.what_next(call.operation) if call.operation is not None and call.operation.is_live else "",
        "own": member.is_user(call.created_by_id),
        "may_see_attempt": member.may("gateway.attempts.view"),
        "may_use": member.may("gateway.console.use"),
        "known": _known(call),
    }


def newest(call: ConsoleCall) -> Attempt | None:
    """The message of a query, the last sending of a changing call."""
    if call.operation is not None:
        return Attempt.objects.filter(operation=call.operation).order_by("-n").first()
    return call.attempt


def _typed(call: ConsoleCall) -> Folded:
    """Nothing has left yet: what was typed."""
    try:
        return folded_text(kind_of(call), call.content.reveal(), "没有请求内容")
    except (LookupError, BrokenSeal, texts.Unreadable):
        return Folded([], "请求内容无法读取")


def _known(call: ConsoleCall) -> bool:
    try:
        return bool(kind_of(call))
    except LookupError:
        return False


def _meaning(call: ConsoleCall, attempt: Attempt | None) -> Meaning | None:
    if attempt is not None:
        return meaning_of(call.gateway, call.kind, attempt.outcome, attempt.code, attempt.message)
    if call.outcome == Outcome.NOT_SENT:
        return meaning_of(call.gateway, call.kind, call.outcome, "", call.message)
    return None


def _stopped(call: ConsoleCall) -> str:
    """A query whose job ended without an answer."""
    if call.operation is not None or call.finished_at is not None:
        return ""
    job = Job.objects.filter(kind="gateway.console", key=str(call.pk)).order_by("-created_at").first()
    return "" if job is None or job.state in LIVE else f"没有发出（{job.error or job.get_state_display()}）"[:300]
