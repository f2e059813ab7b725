"""办理出院 and taking it back (4.13, 4.14; of other provinces 4.26, 4.27).

4.15 shows the discharge day of an admission, so a lost reply is proven by it; of other provinces the settlement sheet
(4.16) does the same. The gate of the fees (`fee_standing`) must be open: nothing unresolved, sums equal to the cent.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from injury.actions import (
    DISCHARGE_DONE,
    DISCHARGE_REJECTED,
    DISCHARGE_REQUESTED,
    RETURN_DONE,
    RETURN_REJECTED,
    RETURN_REQUESTED,
)
from injury.messages import (
    Discharge as DischargeRequest,
)
from injury.messages import (
    DischargeCrossProvince,
    FetchSheet,
    FindUploaded,
    UndoCrossProvinceDischarge,
    UndoDischarge,
)
from injury.models import Admission, AdmissionState, Discharge, DischargeState, Flow, Material, MaterialState
from injury.rules.discharge import INVOICE, Obstacle, obstacles
from injury.services.discharge_drafts import draft_of
from injury.services.discharge_files import mark_sent
from injury.services.discharge_request import discharge_request
from injury.services.discharge_standing import facts_of, undo_obstacle
from injury.services.refusals import Refused
from injury.services.steps import locked, move, moved_by, needs_second, opened
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    outcome,
)

#: The centre has audited the fees: nothing is taken back any more.
AUDITED = frozenset({"120003", "360003"})
#: The centre says that it holds the discharge already.
ALREADY = frozenset({"110010", "350011"})


def submit_discharge(admission: Admission, *, by: Member) -> Operation:
    """Send the draft to the centre; a second submit while it is on its way returns the same operation.

    Raises Refused with everything that is in the way: fees, day, days, codes, records, invoices.
    """
    admission = locked(admission)
    discharge = draft_of(admission)
    if admission.state == AdmissionState.LEAVING and admission.operation is not None:
        return admission.operation
    facts = facts_of(admission, discharge)
    found = obstacles(facts)
    if discharge is None or found:
        raise refused(found or [Obstacle("head", "还没有填写出院信息")])
    discharge.admission = admission
    invoices = [amount for kind, amount, _ in facts.files if kind == INVOICE]
    operation = opened(
        discharge_request(discharge),
        key=admission.number,
        by=by,
        title=f"办理出院 {admission.number}（{admission.name_masked}），出院日期 {discharge.discharged_on}",
        expected={"total": facts.fee_total, "invoices": sum(invoices), "days": discharge.days},
        subject=admission,
    )
    move(admission, AdmissionState.LEAVING, operation)
    discharge.state, discharge.operation, discharge.note = DischargeState.LEAVING, operation, ""
    discharge.submitted_at, discharge.submitted_as = timezone.now(), by.label[:100]
    discharge.save(update_fields=["state", "operation", "note", "submitted_at", "submitted_as"])
    mark_sent(admission, list(discharge.invoices.values_list("number", flat=True)))
    told: dict[str, Any] = {"day": str(discharge.discharged_on), "total": f"{facts.fee_total:,.2f}"}
    record(DISCHARGE_REQUESTED, discharge, by=by, number=admission.number, invoices=len(invoices), **told)
    return operation


def open_faults(admission: Admission) -> list[str]:
    """Why the discharge cannot be sent now, all of it, in sentences; an empty list when it can."""
    return [one.sentence for one in obstacles(facts_of(admission, draft_of(admission)))]


def refused(found: list[Obstacle]) -> Refused:
    faults = [(one.field or one.where, one.sentence) for one in found]
    return Refused("；".join(sentence for _, sentence in faults), faults[0][0], faults)


def undo_discharge(admission: Admission, *, by: Member) -> Operation:
    """Take the discharge back, when a second person agrees; a second call returns the operation under way.

    Raises Refused when it is not discharged, was audited, or materials are on their way.
    """
    admission = locked(admission)
    discharge = draft_of(admission)
    if admission.state == AdmissionState.RETURNING and admission.operation is not None:
        return admission.operation
    if sentence := undo_obstacle(admission, discharge):
        raise Refused(sentence)
    kind = UndoCrossProvinceDischarge if admission.flow == Flow.CROSS else UndoDischarge
    operation = opened(
        kind(akc190=admission.number),
        key=admission.number,
        by=by,
        title=f"撤销出院 {admission.number}（{admission.name_masked}），出院日期 {admission.discharged_on}",
        needs_second=needs_second(by),
        subject=admission,
    )
    move(admission, AdmissionState.RETURNING, operation)
    _follow(admission, DischargeState.RETURNING, operation=operation, note="")
    record(RETURN_REQUESTED, admission, by=by, number=admission.number)
    return operation


@outcome(DischargeRequest, DischargeCrossProvince)
class Discharging(Handler):
    """The centre holds the discharge, or it does not."""

    labels = {"total": "费用合计（元）", "invoices": "发票合计（元）", "days": "住院天数"}
    consequence = "发送到工伤中心：出院后费用不能再上传，需要更改时先撤销出院"

    def approvable(self, operation: Operation) -> str:
        """Fees must still stand as they stood: nothing unresolved, the same sum."""
        admission = Admission.objects.filter(operation=operation).first()
        if admission is None:
            return ""
        facts = facts_of(admission, draft_of(admission))
        if facts.gate:
            return facts.gate
        now = str(facts.fee_total)
        return "" if now == operation.expected["total"] else f"费用合计已变为 {now} 元，请退回后重新提交"

    def applied(self, operation: Operation, reply: Any) -> None:
        admission = moved_by(operation)
        if admission is None:
            return  # found in the spool after a restore: people decide
        discharge = draft_of(admission)
        left = discharge.discharged_on if discharge else None
        move(admission, AdmissionState.DISCHARGED, None, discharged_on=left)
        _follow(admission, DischargeState.DONE, discharged_at=timezone.now(), audited_at=None, note="")
        record(DISCHARGE_DONE, admission, by=None, number=admission.number)

    def rejected(self, operation: Operation) -> None:
        admission = moved_by(operation)
        if admission is None:
            return
        note = f"出院未办理：{operation.message}"
        if operation.code in ALREADY:
            note = f"{note}。中心显示已出院：请先在上传人员查询中核对，再决定是否撤销出院"
        move(admission, AdmissionState.ADMITTED, None)
        _follow(admission, DischargeState.DRAFT, note=note)
        record(DISCHARGE_REJECTED, admission, by=None, number=admission.number, reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """The centre shows a discharge day once it has one; another day than ours is not ours."""
        told = _discharge_day(operation, ask)
        if told is None:
            return StillUnknown("4.15 没有列出这次就诊，无法确定是否已出院")
        day, where = told
        if not day:
            return NotApplied(f"{where}：没有出院日期")
        with tenant_tx(operation.institution_pk):
            ours = _mine(operation).values_list("discharged_on", flat=True).first()
        if ours is None or day[:10] != ours.isoformat():
            return StillUnknown(f"{where}：出院日期 {day}，与提交的 {ours} 不一致，须由人核对", for_people=True)
        return Applied(None, f"{where}：出院日期 {day}")


@outcome(UndoDischarge, UndoCrossProvinceDischarge)
class Returning(Handler):
    """The centre let the discharge go, or holds it still."""

    four_eyes = True
    consequence = "复核通过后立即发送到工伤中心：患者恢复为在院，出院信息和病历回到草稿，可以修改后重新办理出院"

    def approvable(self, operation: Operation) -> str:
        admission = Admission.objects.filter(operation=operation).first()
        if admission is None:
            return ""
        found = draft_of(admission)
        return "经办机构已完成费用审核，不能撤销出院" if found is not None and found.audited_at else ""

    def applied(self, operation: Operation, reply: Any) -> None:
        admission = moved_by(operation)
        if admission is None:
            return
        move(admission, AdmissionState.ADMITTED, None, discharged_on=None)
        _follow(
            admission,
            DischargeState.DRAFT,
            undone_at=timezone.now(),
            discharged_at=None,
            note="出院已撤销，可以修改后重新办理",
        )
        # The centre lets go of what was uploaded for the discharge; if it should not, it refuses the repeated number.
        gone = Material.objects.filter(admission=admission, state=MaterialState.ACCEPTED)
        gone.update(state=MaterialState.READY, accepted_at=None, note="出院已撤销，重新出院后须再次上传")
        record(RETURN_DONE, admission, by=None, number=admission.number)

    def rejected(self, operation: Operation) -> None:
        admission = moved_by(operation)
        if admission is None:
            return
        changes: dict[str, Any] = {"note": f"撤销出院未成功：{operation.message}"}
        if operation.code in AUDITED:
            changes["audited_at"] = timezone.now()
        move(admission, AdmissionState.DISCHARGED, None)
        _follow(admission, DischargeState.DONE, **changes)
        record(RETURN_REJECTED, admission, by=None, number=admission.number, reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        told = _discharge_day(operation, ask)
        if told is None:
            return StillUnknown("4.15 没有列出这次就诊，无法确定是否已撤销出院")
        day, where = told
        return NotApplied(f"{where}：出院日期 {day}") if day else Applied(None, f"{where}：已没有出院日期")


def _discharge_day(operation: Operation, ask: Ask) -> tuple[str, str] | None:
    """The day on which the centre has the stay discharged ("" for not) and what said so; None when it lists no stay."""
    number = operation.business_key
    if operation.kind in (DischargeCrossProvince.code, UndoCrossProvinceDischarge.code):
        sheet = ask(FetchSheet(akc190=number, rolltype="1")).kc21dto
        return sheet.akc194.strip(), "结算单（4.16）"
    listed = ask(FindUploaded(akc190=number)).detailcolls.detailData
    mine = [one for one in listed if one.akc190 == number]
    return (mine[-1].akc194.strip(), "上传人员明细（4.15）") if mine else None


def _mine(operation: Operation) -> QuerySet[Discharge]:
    return Discharge.objects.filter(operation=operation)


def _follow(admission: Admission, state: str, **changes: Any) -> None:
    """The draft goes where its admission goes."""
    if "note" in changes:
        changes["note"] = changes["note"][:400]
    Discharge.objects.filter(admission=admission).update(state=state, **changes)
