"""A purchase in a pharmacy: lines, calculation and settlement travel in one message (2101A, 2102A, 2103)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settlement.models import Bill, FeeLine, LineState, Settlement, Visit, VisitKind, VisitState
from settlement.services.settling.messages import said
from settlement.services.settling.ways import Way, register

#: Most lines of one message.
MOST = 100


@register
class Purchase(Way):
    """Nothing is registered before; the centre's visit begins and ends with the settlement."""

    kind = VisitKind.PHARMACY
    preview, settle, undo = "2101A", "2102A", "2103"
    noun = "购药"

    def obstacle(self, visit: Visit, bill: Bill | None) -> str:
        if visit.state == VisitState.DRAFT:
            return ""
        return f"这次购药{visit.get_state_display()}，再购药请新建"

    def content(self, settlement: Settlement, certificate: Mapping[str, str], *, final: bool) -> dict[str, Any]:
        visit = settlement.visit
        lines = list(self.lines(visit, None))
        head: dict[str, Any] = {
            **certificate,
            "psn_no": visit.person_no.reveal(),
            "psn_type": visit.person_type,
            "begntime": said(visit.started_at),
            "medfee_sumamt": settlement.charged,
            "insutype": visit.insurance,
            "dise_codg": visit.disease_code,
            "dise_name": visit.disease_name,
            "acct_used_flag": visit.use_account,
            "med_type": visit.med_type,
        }
        if final:
            head["invono"] = settlement.invoice
        return {"druginfo": head, "drugdetail": [detail(line, final) for line in lines]}

    def settling(self, settlement: Settlement) -> None:
        self.lines(settlement.visit, None).update(state=LineState.SENDING)

    def settled(self, settlement: Settlement) -> str:
        self.lines(settlement.visit, None).update(state=LineState.SETTLED, sent_at=settlement.settled_at)
        return VisitState.SETTLED

    def not_settled(self, settlement: Settlement) -> str:
        self.lines(settlement.visit, None).update(state=LineState.DRAFT)
        return VisitState.DRAFT

    def undone(self, settlement: Settlement) -> str:
        self.lines(settlement.visit, None).update(state=LineState.REMOVED)
        return VisitState.UNDONE


def detail(line: FeeLine, final: bool) -> dict[str, Any]:
    """One row of drugdetail; trace codes go with the settlement only."""
    found: dict[str, Any] = {
        "feedetl_sn": line.number,
        "rxno": line.prescription,
        "rx_circ_flag": "1" if line.outside_prescription else "0",
        "fee_ocur_time": said(line.occurred_at),
        "med_list_codg": line.item_code,
        "medins_list_codg": line.own_code,
        "det_item_fee_sumamt": line.amount,
        "cnt": line.quantity,
        "pric": line.price,
        "sin_dos_dscr": line.single_dose,
        "used_frqu_dscr": line.frequency,
        "prd_days": line.period_days,
        "medc_way_dscr": line.route,
        "bilg_dr_codg": line.doctor_code,
        "bilg_dr_name": line.doctor_name,
        "tcmdrug_used_way": line.tcm_use,
        **line.more,
    }
    if final and line.trace_codes:
        found["durg_trac_info"] = [
            {"feedetl_sn": line.number, "drug_trac_codg": one["code"], "trdn_flag": one.get("split") or "0"}
            for one in line.trace_codes
        ]
    return found
