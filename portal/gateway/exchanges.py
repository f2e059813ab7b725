"""The exchange log: what was said to the gateways about one business object, and what an answer's code means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.access.member import Member
from portal.access.rows import in_environment
from portal.gateway import shown
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.gateway.messages import gateway

#: How many a business's own page shows.
LATEST = 10


@dataclass(frozen=True)
class Meaning:
    """What a code means in plain words, what to do now, and where the specification says so."""

    sentence: str
    next_step: str
    clause: str = ""


def about(number: str) -> Q:
    """Messages about this business number (an admission's, an application's): queries, and sendings of operations.

    An operation's business key is the number, or begins with it and a slash.
    """
    keys = Q(operation__business_key=number) | Q(operation__business_key__startswith=f"{number}/")
    return Q(subject=number) | keys


def exchanges_about(number: str, environment: str = "") -> QuerySet[Attempt]:
    """Everything that was said about it, the newest first; inside the door. Without raw contents."""
    rows = Attempt.objects.filter(about(number)) if number else Attempt.objects.none()
    rows = rows.filter(environment=environment) if environment else rows
    return rows.select_related("operation").defer("raw_request", "raw_reply").order_by("-sent_at", "-id")


def exchanges_shown(number: str, member: Member) -> dict[str, Any]:
    """For `gateway/parts/exchanges.html`: the latest messages about it; nothing for who may not see the log."""
    if not number or member.institution is None or not member.may("gateway.attempts.view"):
        return {}
    rows = in_environment(exchanges_about(number), member.institution.environment)
    lines = [
        (one, shown.kind_title(one.gateway, one.kind), shown.OUTCOME_TONES.get(Outcome(one.outcome), ""))
        for one in rows[:LATEST]
    ]
    return {"number": number, "lines": lines}


def meaning_of(gateway_name: str, kind: str, outcome: str, code: str, message: str) -> Meaning | None:
    """What came of a message, with its next step; None while there is no answer."""
    if outcome == Outcome.OK:
        return Meaning("接口已受理", "无需再做什么")
    if outcome == Outcome.NOT_SENT:
        return Meaning(message or "没有发出", "没有产生任何结果，更正后可以再发")
    if outcome == Outcome.OK_UNPARSED:
        return Meaning(message or "接口已受理，但答复无法读取", "请勿重复发送；查看原文，与接口文档核对")
    found = _documented(gateway_name, kind, code, message) if code else None
    if found is not None:
        return found
    if outcome == Outcome.UNKNOWN:
        return Meaning(message or "没有得到可以相信的答复", "不知道是否已经生效，请先用查询交易核实，不要直接再发")
    return Meaning(message, "") if message else None


def _documented(gateway_name: str, kind: str, code: str, message: str) -> Meaning | None:
    try:
        known = gateway(gateway_name)
    except LookupError:
        return None
    found = known.refusals.get(code) or known.explained.get(code)
    if found is None or (found.transactions and kind not in found.transactions):
        return None
    # `message` is the sentence that was made of the gateway's words and the next step when the reply was read.
    sentence = message.replace(f"。{found.next_step}", "") if found.next_step in message else message
    return Meaning(sentence or found.text or found.sentence, found.next_step, found.clause)
