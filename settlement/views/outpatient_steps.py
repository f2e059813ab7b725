"""What the page of an outpatient visit offers: the path, each bill with its sums, what is possible and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from portal.access.member import Member
from settlement.models import Bill, Settlement, SettlementState, Visit, VisitKind
from settlement.rules import outpatient as rules
from settlement.services.outpatient.bills import why_not_correct
from settlement.services.outpatient.removing import why_not_clear
from settlement.services.outpatient.scenes import holding_bills, incomplete_bills, scene_with, seen

#: Settlements that a bill shows: what stands, is under way, or waits for the patient's word.
SHOWN = (SettlementState.ASKING, SettlementState.PREVIEW, *SettlementState.holding())
TONES = {"settled": "good", "sent": "brand", "draft": "warn", "sending": "warn", "removing": "warn", "removed": ""}


@dataclass(frozen=True)
class Card:
    """One bill, its settlement if it has one, and why each step is not possible (empty: it is)."""

    bill: Bill
    settlement: Settlement | None
    change: str
    send: str
    preview: str
    remove: str
    clear: str
    correct: str

    @property
    def tone(self) -> str:
        return TONES.get(self.bill.state, "")

    @property
    def is_shown(self) -> bool:
        """A preview that somebody may agree to now."""
        return self.settlement is not None and self.settlement.state == SettlementState.PREVIEW

    @property
    def reason(self) -> str:
        """Why it does not go on now, in one sentence."""
        wanted = {"draft": self.send, "sent": self.preview}.get(self.bill.state, "")
        return "" if self.is_shown else wanted

    @property
    def is_settled(self) -> bool:
        return self.settlement is not None and self.settlement.state in SettlementState.happened()


def steps_context(visit: Visit, member: Member) -> dict[str, Any]:
    """For `settlement/parts/outpatient_steps.html`; nothing for other kinds of visit."""
    if visit.kind != VisitKind.OUTPATIENT:
        return {}
    bills = list(visit.bills.order_by("created_at", "id"))
    scene = scene_with(visit, bills)
    standing = Settlement.objects.filter(visit=visit, state__in=SettlementState.happened())
    return {
        "path": rules.path(scene),
        "scene": scene,
        "cards": cards(visit, bills, scene),
        "sums": standing.aggregate(**{name: Sum(name) for name in ("total", "fund", "account", "cash")}),
        "settled_count": standing.count(),
        "why": {
            "register": rules.why_not_register(scene),
            "edit": rules.why_not_change_registration(scene),
            "inform": rules.why_not_inform(scene),
            "bill": rules.why_not_add_bill(scene),
            "remove_all": rules.why_not_remove_all(scene),
            "unregister": rules.why_not_unregister(scene),
        },
        "may_treat": member.may("settlement.outpatient.settle"),
        "may_undo_visit": member.may("settlement.visits.undo"),
        "may_undo_settlement": member.may("settlement.settlements.undo"),
        "may_print": member.may("settlement.papers.make"),
    }


def cards(visit: Visit, bills: list[Bill], scene: rules.Scene) -> list[Card]:
    """Each bill in its order; what was taken back comes last."""
    rows = Settlement.objects.filter(visit=visit, state__in=SHOWN).select_related("operation", "undone_by")
    heavy = ("operation__request", "operation__reply", "undone_by__request", "undone_by__reply", "reply")
    latest = {one.bill_id: one for one in rows.defer(*heavy).order_by("created_at")}
    holding, incomplete = holding_bills(visit), incomplete_bills(visit)
    found = []
    for bill in sorted(bills, key=lambda one: one.state == "removed"):
        bill.visit, one = visit, seen(bill, holding, incomplete)
        found.append(
            Card(
                bill,
                latest.get(bill.pk),
                change=rules.why_not_change_bill(scene, one),
                send=rules.why_not_send(scene, one),
                preview=rules.why_not_settle(scene, one),
                remove=rules.why_not_remove(scene, one),
                clear=why_not_clear(bill),
                correct=why_not_correct(bill),
            )
        )
    return found
