"""Registering an admission and what comes of it (4.8, 4.22); doubts are resolved by 4.15 and 4.16."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from injury.actions import REGISTRATION_DONE, REGISTRATION_REJECTED, REGISTRATION_REQUESTED
from injury.messages import Ack, Register, RegisterCrossProvince
from injury.models import Admission, AdmissionState, Flow
from injury.services.adopting import look_for_registration
from injury.services.drafts import open_faults
from injury.services.presence import Presence, presence
from injury.services.refusals import Refused
from injury.services.steps import author, locked, move, moved_by, opened
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome

#: The number is registered already (4.8, 4.22): perhaps by us, or for the same person on the centre's web pages.
TAKEN = {"51014", "310020"}


def register_admission(admission: Admission, *, by: Member) -> Operation:
    """Have the admission registered at the centre. A second call while it runs returns the running operation.

    Raises Refused with every fault and its field (`faults`) before anything is sent.
    """
    admission = locked(admission)
    if admission.state == AdmissionState.REGISTERING and admission.operation:
        return admission.operation
    if admission.state != AdmissionState.DRAFT:
        raise Refused(f"这次就诊{admission.shown_state}，不能再登记")
    faults = open_faults(admission)
    if faults:
        raise Refused(
            "；".join(fault.sentence for fault in faults), faults=[(fault.field, fault.sentence) for fault in faults]
        )
    number, flow = admission.number, Flow(admission.flow)
    operation = opened(
        _request(admission),
        key=number,
        by=by,
        title=f"{flow.label}入院登记：{number}，{admission.name_masked}，{admission.admitted_on} 入院",
        subject=admission,
    )
    move(admission, AdmissionState.REGISTERING, operation, typed=None)
    record(REGISTRATION_REQUESTED, admission, by=by, flow=flow.label, number=number, day=str(admission.admitted_on))
    return operation


def _request(admission: Admission) -> Any:
    return _cross_province(admission) if admission.is_elsewhere else _local(admission)


def _local(admission: Admission) -> Register:
    new = admission.flow == Flow.NEW
    record_: dict[str, Any] = {
        "aab001": admission.employer_no,
        "aac001": admission.person_no,
        "aac002": admission.identity.reveal(),
        "aac003": admission.name.reveal(),
        "aac004": admission.gender,
        "aka130": admission.visit_kind,
        "akc191": admission.treatment,
        "akc190": admission.number,
        "akc192": admission.admitted_on.isoformat(),
        "alc028": admission.diseases,
        "alca02": None if new else admission.injury_no,
        "aae073": None if new else admission.treatment_no,
        "alk023": admission.department,
        "akc199": admission.ward or None,
        "alk024": admission.bed or None,
        "ysbm": admission.doctor,
        "sbkid": (admission.card.reveal() if admission.card else "") or None,
        "akc666": admission.self_pay_by or None,
        "bz": admission.remark or None,
    }
    return Register.model_validate({"isnewinjure": "1" if new else "0", "kc21": record_})


def _cross_province(admission: Admission) -> RegisterCrossProvince:
    record_: dict[str, Any] = {
        "aac002": admission.identity.reveal(),
        "aac003": admission.name.reveal(),
        "akc190": admission.number,
        "aka130": admission.visit_kind,
        "aae030": admission.admitted_on.isoformat(),
        "akc192": admission.diagnosis_code or None,
        "akc193": admission.diagnosis or None,
        "akc191": admission.treatment,
        "alc028": admission.diseases,
        "alc011": admission.injury_no,
        "akc201": admission.department,
        "akc199": admission.ward or None,
        "akc200": admission.bed or None,
        "ysbm": admission.doctor,
        "sbkid": admission.card.reveal(),
    }
    return RegisterCrossProvince.model_validate({"bs003WS": record_})


@outcome(Register, RegisterCrossProvince)
class Registering(Handler):
    """The centre holds the admission, or it does not."""

    consequence = "复核通过后立即在工伤中心登记入院"

    def applied(self, operation: Operation, reply: Ack | None) -> None:
        admission = moved_by(operation)
        if admission is None:
            return  # found in the spool after a restore: people decide
        move(admission, AdmissionState.ADMITTED, None, registered_at=timezone.now())
        record(REGISTRATION_DONE, admission, by=None, number=admission.number)

    def rejected(self, operation: Operation) -> None:
        admission = moved_by(operation)
        if admission is None:
            return
        move(admission, AdmissionState.DRAFT, None, note=operation.message or "没有登记")
        record(REGISTRATION_REJECTED, admission, by=None, number=admission.number, reason=operation.message)
        if operation.code in TAKEN:
            look_for_registration(admission, by=author(operation))

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            admission = Admission.objects.filter(operation=operation).first()
        if admission is None:
            return StillUnknown("没有对应的就诊记录，须人工处理", for_people=True)
        found = presence(admission, ask)
        if found.state == Presence.HERE:
            return Applied(Ack(code="0"), found.told)
        if found.state == Presence.ABSENT:
            return NotApplied(found.told)
        return StillUnknown(found.told, for_people=found.state == Presence.ANOTHER)
