"""A bill of an outpatient visit: its lines are at the centre (2204), its batch number names them (2206A, 2207A)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from settlement.models import Bill, BillState, FeeLine, LineState, Settlement, Visit, VisitKind, VisitState
from settlement.rules.amounts import ZERO
from settlement.rules.outpatient import why_not_settle
from settlement.services.outpatient.scenes import why_not
from settlement.services.settling.ways import Way, register

#: What the settlement repeats of the lines: our column → name on the wire.
SUMS = {
    "fully_own": "fulamt_ownpay_amt",
    "over_limit": "overlmt_selfpay",
    "prepaid_own": "preselfpay_amt",
    "in_scope": "inscp_scp_amt",
}


@register
class OutpatientBill(Way):
    """Each bill is settled by itself; the visit is settled when all of its bills are."""

    kind = VisitKind.OUTPATIENT
    preview, settle, undo = "2206A", "2207A", "2208"
    noun = "门诊"

    def obstacle(self, visit: Visit, bill: Bill | None) -> str:
        if bill is None:
            return "请选择要结算的收费批次"
        return why_not(why_not_settle, visit, bill)

    def content(self, settlement: Settlement, certificate: Mapping[str, str], *, final: bool) -> dict[str, Any]:
        visit, bill = settlement.visit, settlement.bill
        assert bill is not None
        data: dict[str, Any] = {
            **{name: value for name, value in certificate.items() if name != "psn_name"},
            "psn_no": visit.person_no.reveal(),
            "mdtrt_id": visit.mdtrt_id,
            "med_type": visit.med_type,
            "medfee_sumamt": settlement.charged,
            "psn_setlway": visit.settle_by,
            "chrg_bchno": bill.number,
            "acct_used_flag": visit.use_account,
            "insutype": visit.insurance,
        }
        if final:
            data |= {"invono": settlement.invoice, **sums_of(settlement)}
        else:
            data |= {"psn_type": visit.person_type, "psn_name": certificate.get("psn_name", "")}
        return {"data": data}

    def settled(self, settlement: Settlement) -> str:
        return _bill_becomes(settlement, BillState.SETTLED, LineState.SETTLED)

    def not_settled(self, settlement: Settlement) -> str:
        return _bill_becomes(settlement, BillState.SENT, LineState.SENT)

    def undone(self, settlement: Settlement) -> str:
        return _bill_becomes(settlement, BillState.SENT, LineState.SENT)


def sums_of(settlement: Settlement) -> dict[str, Decimal]:
    """What the centre made of the bill's lines, added up; the preview's figures where a line's answer is missing."""
    lines = FeeLine.objects.filter(bill=settlement.bill).exclude(state=LineState.REMOVED)
    told = lines.aggregate(known=Count("in_scope"), lines=Count("pk"), **{name: Sum(name) for name in SUMS})
    if told["known"] != told["lines"]:
        return {wire: getattr(settlement, name) or ZERO for name, wire in SUMS.items()}
    return {wire: told[name] or ZERO for name, wire in SUMS.items()}


def _bill_becomes(settlement: Settlement, state: str, line_state: str) -> str:
    """The bill's new state; returns the visit's, which follows from all of its bills."""
    assert settlement.bill is not None
    Bill.objects.filter(pk=settlement.bill.pk).update(state=state)
    FeeLine.objects.filter(bill=settlement.bill).update(state=line_state)
    bills = Bill.objects.filter(visit=settlement.visit).exclude(state=BillState.REMOVED)
    return VisitState.OPEN if bills.exclude(state=BillState.SETTLED).exists() else VisitState.SETTLED
