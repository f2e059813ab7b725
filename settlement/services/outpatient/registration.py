"""Registering an outpatient (2201) and taking the registration back (2202)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

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
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import OUTPATIENT_DROPPED, OUTPATIENT_SAVED, REGISTERED, UNREGISTERED
from settlement.models import Visit, VisitKind, VisitState
from settlement.rules.outpatient import (
    KINDS,
    why_not_change_registration,
    why_not_register,
    why_not_unregister,
)
from settlement.services.outpatient.centre import visits_there
from settlement.services.outpatient.fetching import UNREAD, begin_fetching
from settlement.services.outpatient.scenes import details_of, refuse
from settlement.services.refusals import Refused
from settlement.services.settling.answers import plain, text
from settlement.services.settling.certificates import registered
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import author, locked, move, moved_by, opened
from settlement.services.visits import Patient, begin_visit

NOBODY = "没有对应的就诊记录，须人工处理"


@dataclass(frozen=True)
class RegistrationGiven:
    """Where and by whom somebody is seen; `specialty` is caty, a code of the national list of departments."""

    department_code: str
    department_name: str
    specialty: str
    doctor_code: str
    doctor_name: str
    med_type: str = "11"
    use_account: str = "1"
    started_at: datetime | None = None

    def values(self) -> dict[str, Any]:
        names = ("department_code", "department_name", "doctor_code", "doctor_name", "med_type", "use_account")
        return {name: getattr(self, name) for name in names}


@atomic
def begin_outpatient(patient: Patient, given: RegistrationGiven, *, by: Member, number: str = "") -> Visit:
    """A visit that nobody has sent yet; Refused for a number twice, or a kind that is no outpatient's."""
    if given.med_type not in KINDS:
        raise Refused("不是门诊的医疗类别", field="med_type")
    visit = begin_visit(
        patient,
        VisitKind.OUTPATIENT,
        by=by,
        number=number,
        started_at=given.started_at,
        details={"caty": given.specialty},
        **given.values(),
    )
    record(OUTPATIENT_SAVED, visit, by=by, number=visit.number, department=given.department_name)
    return visit


@atomic
def change_registration(visit: Visit, given: RegistrationGiven, *, by: Member) -> Visit:
    """Another department or doctor, before anything is sent."""
    visit = locked(visit)
    refuse(why_not_change_registration, visit)
    if given.med_type not in KINDS:
        raise Refused("不是门诊的医疗类别", field="med_type")
    changes = {**given.values(), "details": details_of(visit) | {"caty": given.specialty}}
    if given.started_at:
        changes["started_at"] = given.started_at
    move(visit, VisitState.DRAFT, None, **changes)
    record(OUTPATIENT_SAVED, visit, by=by, number=visit.number, department=given.department_name)
    return visit


def drop_outpatient(visit: Visit, *, by: Member) -> None:
    """Delete what was never registered, with its bills."""
    visit = locked(visit)
    refuse(why_not_change_registration, visit)
    record(OUTPATIENT_DROPPED, visit, by=by, number=visit.number)
    visit.lines.all().delete()
    visit.bills.all().delete()
    visit.delete()


@atomic
def register(visit: Visit, *, by: Member) -> Operation:
    """Register at the centre; a second call while it runs returns the running operation."""
    visit = locked(visit)
    if visit.state == VisitState.OPENING and visit.operation:
        return visit.operation
    refuse(why_not_register, visit)
    data = {
        **registered(visit),
        "psn_no": visit.person_no.reveal(),
        "insutype": visit.insurance,
        "begntime": said(visit.started_at),
        "psn_type": visit.person_type,
        "ipt_otp_no": visit.number,
        "atddr_no": visit.doctor_code,
        "dr_name": visit.doctor_name,
        "dept_code": visit.department_code,
        "dept_name": visit.department_name,
        "caty": details_of(visit).get("caty", ""),
    }
    operation = opened(
        request_for("2201", {"data": data}, visit),
        key=visit.number,
        by=by,
        title=f"门诊挂号：{visit.number}，{visit.name_masked}，{visit.department_name}"[:200],
        subject=visit,
    )
    move(visit, VisitState.OPENING, operation)
    return operation


@outcome(transaction("2201"))
class Registering(Handler):
    """The centre has a visit, or it has not. Nothing is charged yet."""

    consequence = "发送后医保中心登记这次门诊就诊"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        mdtrt_id = text(plain(reply).get("data") or {}, "mdtrt_id")[:30]
        note = "" if mdtrt_id else UNREAD
        move(visit, VisitState.OPEN, None, note=note, mdtrt_id=mdtrt_id, registered_at=timezone.now())
        if not mdtrt_id:
            begin_fetching(visit, by=author(operation))
        record(REGISTERED, visit, by=None, number=visit.number, mdtrt_id=mdtrt_id or "—")

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, VisitState.DRAFT, None, note=f"没有挂号：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5201 lists the person's visits with our number (ipt_otp_no)."""
        visit = _moved(operation)
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        mine = [one for one in visits_there(visit, ask) if one.number == visit.number]
        if len(mine) > 1:
            return StillUnknown(f"医保中心有 {len(mine)} 次门诊号为 {visit.number} 的就诊", for_people=True)
        if not mine:
            return NotApplied(f"医保中心（5201）没有门诊号为 {visit.number} 的就诊")
        known = {"mdtrt_id": mine[0].mdtrt_id, "psn_no": visit.person_no.reveal(), "ipt_otp_no": visit.number}
        reply: Record = transaction("2201").reply().model_validate({"data": known})
        return Applied(reply, f"医保中心（5201）有这次就诊：{mine[0].mdtrt_id}")


@atomic
def unregister(visit: Visit, *, by: Member) -> Operation:
    """Take the registration back; nothing of the visit may be left at the centre. The running one, if it runs."""
    visit = locked(visit)
    if visit.state == VisitState.UNDOING and visit.operation:
        return visit.operation
    refuse(why_not_unregister, visit)
    data = {"psn_no": visit.person_no.reveal(), "mdtrt_id": visit.mdtrt_id, "ipt_otp_no": visit.number}
    operation = opened(
        request_for("2202", {"data": data}, visit),
        key=visit.number,
        by=by,
        title=f"撤销门诊挂号：{visit.number}，{visit.name_masked}",
        subject=visit,
    )
    move(visit, VisitState.UNDOING, operation)
    return operation


@outcome(transaction("2202"))
class Unregistering(Handler):
    """The centre's visit is gone, or it stands."""

    consequence = "发送后医保中心取消这次挂号"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        expire_previews(visit, None, "挂号已撤销")
        move(visit, VisitState.UNDONE, None, undone_at=timezone.now())
        record(UNREGISTERED, visit, by=None, number=visit.number)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, VisitState.OPEN, None, note=f"没有撤销挂号：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        visit = _moved(operation)
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        if visits_there(visit, ask, mdtrt_id=visit.mdtrt_id):
            return NotApplied(f"医保中心（5201）的就诊 {visit.mdtrt_id} 仍在")
        return Applied(None, f"医保中心（5201）已没有就诊 {visit.mdtrt_id}")


def _moved(operation: Operation) -> Visit | None:
    with tenant_tx(operation.institution_pk):
        return Visit.objects.filter(operation=operation).first()
