"""What the page of a stay offers: the path, what is possible, and why the rest is not."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils import timezone

from portal.access.member import Member
from settlement.models import LineState, Settlement, SettlementState, Visit, VisitKind
from settlement.rules import inpatient as rules
from settlement.services.control import kept_how
from settlement.services.inpatient.removing import why_not_clear
from settlement.services.inpatient.scenes import READING, details_of, scene_of
from settlement.services.settling.reversal import reversal_obstacle


def steps_context(visit: Visit, member: Member) -> dict[str, Any]:
    """For `settlement/parts/inpatient_steps.html`; nothing for other kinds of visit."""
    if visit.kind != VisitKind.INPATIENT:
        return {}
    scene = scene_of(visit)
    sums = visit.lines.exclude(state=LineState.REMOVED).aggregate(of=Sum("amount"))
    sent = visit.lines.filter(state=LineState.SENT).aggregate(of=Sum("amount"))
    latest = Settlement.objects.filter(visit=visit, state__in=[SettlementState.ASKING, SettlementState.PREVIEW])
    return {
        "scene": scene,
        "path": rules.path(scene),
        "why": why_not(scene),
        "why_clear": why_not_clear(visit),
        "why_reverse": why_not_reverse(visit),
        "days": rules.days_of(visit.started_at, visit.ended_at, timezone.now()),
        "charged": sums["of"] or 0,
        "sent_sum": sent["of"] or 0,
        "preview": latest.order_by("-created_at").first(),
        "reading": details_of(visit).get(READING),
        "medium": kept_how(visit.environment),
        "may_treat": member.may("settlement.inpatient.settle"),
        "may_undo_visit": member.may("settlement.visits.undo"),
    }


def why_not_reverse(visit: Visit) -> str:
    """Why a doubtful admission cannot be reversed now; empty when it can."""
    doubt = visit.operation
    if doubt is None or doubt.kind != "2401" or not doubt.is_doubtful:
        return "没有结果待确认的入院登记"
    return reversal_obstacle(doubt)


def why_not(scene: rules.Scene) -> dict[str, str]:
    """The sentence of each step that is not possible now; empty for one that is."""
    return {
        "admit": rules.why_not_admit(scene),
        "change": rules.why_not_change_draft(scene),
        "tell": rules.why_not_tell_change(scene),
        "charge": rules.why_not_charge(scene),
        "upload": rules.why_not_upload(scene),
        "preview": rules.why_not_preview(scene),
        "interim": rules.why_not_preview(scene) or rules.why_not_settle_interim(scene),
        "discharge": rules.why_not_discharge(scene),
        "settle": rules.why_not_settle(scene) or rules.why_not_preview(scene),
        "remove": rules.why_not_remove(scene),
        "undo_discharge": rules.why_not_undo_discharge(scene),
        "unadmit": rules.why_not_unadmit(scene),
    }
