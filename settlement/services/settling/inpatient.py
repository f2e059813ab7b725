"""A stay: its lines are at the centre (2301); interim and final settlement name it by mdtrt_id (2303A, 2304A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet, Sum

from settlement.models import Bill, FeeLine, LineState, Settlement, Visit, VisitKind, VisitState
from settlement.rules.amounts import ZERO
from settlement.rules.inpatient import why_not_preview, why_not_settle, why_not_settle_interim
from settlement.services.inpatient.admission import region_of
from settlement.services.inpatient.scenes import later_settlement, scene_of
from settlement.services.settling.messages import day
from settlement.services.settling.ways import Way, register

#: What the settlement repeats of the lines: our column → name on the wire.
SUMS = {
    "fully_own": "fulamt_ownpay_amt",
    "over_limit": "overlmt_selfpay",
    "prepaid_own": "preselfpay_amt",
    "in_scope": "inscp_scp_amt",
}


@register
class Stay(Way):
    """Everything that is sent and not settled yet is settled together; in the middle of the stay or after it."""

    kind = VisitKind.INPATIENT
    preview, settle, undo = "2303A", "2304A", "2305"
    noun = "住院"

    def lines(self, visit: Visit, bill: Bill | None) -> QuerySet[FeeLine]:
        return FeeLine.objects.filter(visit=visit, state=LineState.SENT).order_by("number")

    def obstacle(self, visit: Visit, bill: Bill | None) -> str:
        return why_not_preview(scene_of(visit))

    def settle_obstacle(self, settlement: Settlement) -> str:
        rule = why_not_settle_interim if settlement.is_interim else why_not_settle
        return rule(scene_of(settlement.visit))

    def content(self, settlement: Settlement, certificate: Mapping[str, str], *, final: bool) -> dict[str, Any]:
        visit = settlement.visit
        data: dict[str, Any] = {
            **certificate,
            "psn_no": visit.person_no.reveal(),
            "psn_type": visit.person_type,
            "medfee_sumamt": settlement.charged,
            "psn_setlway": visit.settle_by,
            "mdtrt_id": visit.mdtrt_id,
            "acct_used_flag": visit.use_account,
            "insutype": visit.insurance,
            "mid_setl_flag": "1" if settlement.is_interim else "0",
            **self._sums(visit),
            "dscgTime": day(visit.ended_at) if not settlement.is_interim else "",
            "insuplc_admdvs": visit.insured_at,
            "mdtrtarea_admvs": region_of(visit.environment),
        }
        return {"data": data | ({"invono": settlement.invoice} if final else {})}

    def _sums(self, visit: Visit) -> dict[str, Any]:
        """What the centre made of the lines, added up; left out while it has not told of all of them."""
        told = self.lines(visit, None).aggregate(
            known=Count("in_scope"), lines=Count("pk"), **{name: Sum(name) for name in SUMS}
        )
        if told["known"] != told["lines"]:
            return {}
        return {wire: told[name] or ZERO for name, wire in SUMS.items()}

    def undo_obstacle(self, settlement: Settlement) -> str:
        later = later_settlement(settlement)
        return f"请先撤销之后的结算 {later.number}" if later else ""

    def settled(self, settlement: Settlement) -> str:
        self.lines(settlement.visit, None).update(state=LineState.SETTLED, settled_by=settlement.pk)
        return str(settlement.visit.state) if settlement.is_interim else VisitState.SETTLED

    def undone(self, settlement: Settlement) -> str:
        rows = FeeLine.objects.filter(visit=settlement.visit, settled_by=settlement.pk)
        rows.update(state=LineState.SENT, settled_by=None)
        return str(settlement.visit.state) if settlement.is_interim else VisitState.LEFT
