"""The exchange log: every message that left, masked; its full text only with a permission, a reason and a record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.models.institution import Environment
from portal.audit import record
from portal.gateway import shown
from portal.gateway.actions import RAW_READ
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.vault import BrokenSeal
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose


class AttemptFilter(ListFilter):
    q = QuickSearch(("msgid", "报文编号"), ("kind", "交易"), ("code", "结果代码"))
    outcome = choose("结果", [choice for choice in Outcome.choices if choice[0]])
    environment = choose("环境", Environment.choices)

    class Meta:
        model = Attempt
        fields = ("q", "outcome", "environment")


class AttemptList(ListPage):
    name = "gateway.attempts"
    title = "接口报文"
    columns = (
        Column("sent_at", "发送时间", "datetime", link=lambda row: f"/gateway/attempts/{row.pk}/"),
        Column("title", "交易", value=lambda row: shown.kind_title(row.gateway, row.kind)),
        Column("outcome", "结果", "state", tones={str(key): tone for key, tone in shown.OUTCOME_TONES.items()}),
        Column("code", "代码"),
        Column("message", "说明", width=40),
        Column("took_ms", "耗时（毫秒）", "int"),
        Column("msgid", "报文编号", "id"),
        Column("environment", "环境", "state", shown=False),
    )
    filterset = AttemptFilter
    default_sort = "-sent_at"
    export_permission = "gateway.attempts.view"
    #: The log of the other environment can be asked for by name, never beside this one's.
    every_environment = True

    def rows(self) -> QuerySet[Any]:
        here = self.member.institution.environment if self.member.institution else ""
        asked = self.params.get("environment", "")
        return Attempt.objects.filter(environment=asked if asked in Environment.values else here)


@page("gateway.attempts.view")
def attempts(request: PortalRequest) -> HttpResponseBase:
    return AttemptList(request.member, request.GET).respond(request)


@page("gateway.attempts.view")
def attempt(request: PortalRequest, attempt_id: UUID) -> HttpResponseBase:
    return render(request, "gateway/attempt.html", facts(get_or_404(Attempt, attempt_id), request))


@page("gateway.attempts.read", methods=("POST",))
def attempt_read(request: PortalRequest, attempt_id: UUID) -> HttpResponseBase:
    """The full text, once, after a reason was given and recorded."""
    found, reason = get_or_404(Attempt, attempt_id), request.POST.get("reason", "").strip()[:200]
    if len(reason) < 2:
        messages.error(request, "请填写查看原文的理由")
        return redirect("gateway:attempt", found.pk)
    record(RAW_READ, found, by=request.member, msgid=found.msgid, reason=reason)
    context = facts(found, request) | {"raw_request": raw(found.raw_request), "raw_reply": raw(found.raw_reply)}
    return render(request, "gateway/attempt.html", context)


def facts(found: Attempt, request: PortalRequest) -> dict[str, Any]:
    sent, received = shown.attempt_items(found)
    return {
        "attempt": found,
        "tone": shown.OUTCOME_TONES.get(Outcome(found.outcome), ""),
        "kind_title": shown.kind_title(found.gateway, found.kind),
        "gateway_title": shown.gateway_title(found.gateway),
        "request_items": sent,
        "reply_items": received,
        "may_read": request.member.may("gateway.attempts.read"),
    }


def raw(sealed: Any) -> str:
    try:
        return str(sealed.reveal()) if sealed else ""
    except BrokenSeal as error:
        return str(error)
