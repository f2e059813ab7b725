"""Writing an admission down before it is registered: nothing that was typed is lost, and every fault is known."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from injury.actions import ADMISSION_DROPPED, ADMISSION_SAVED
from injury.models import Admission, AdmissionState, Enquiry, Flow
from injury.rules.admission import AdmissionFault, Facts, admission_faults
from injury.services.findings import carried_over
from injury.services.refusals import Refused
from injury.services.steps import locked
from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.vault import mask_identity, mask_name

SEALED = ("identity", "name", "card")
#: Fields of an admission that people or hospital systems fill in.
NOT_ENTERED = ("flow", "proven", "covered_from", "covered_until")
ENTERED = tuple(one.name for one in fields(Facts) if one.name not in NOT_ENTERED)
#: What the centre's answer proves is not typed over.
PROVEN = ("identity", "name", "gender", "person_no", "employer_no", "injury_no", "treatment_no", "injured_on")


def begin_admission(enquiry: Enquiry, flow: str, key: str, *, by: Member, on: date | None = None) -> Admission:
    """A draft with everything that the centre's answer says about this choice; the same choice again is the same draft.

    `key` is the place of the treatment, filing or injury in the answer. Raises Refused when it may not be used.
    """
    environment = environment_for(by)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    known = carried_over(enquiry, Flow(flow), key, on or timezone.localdate())
    drafts = Admission.objects.filter(enquiry=enquiry, state=AdmissionState.DRAFT, flow=flow)
    same = drafts.filter(treatment_no=known.get("treatment_no", ""), injury_no=known.get("injury_no", "")).first()
    if same:
        return same
    admission = Admission(environment=environment, flow=flow, enquiry=enquiry, admitted_on=timezone.localdate())
    return _saved(admission, known, by=by)


def start_by_hand(given: dict[str, Any], *, typed: dict[str, Any] | None = None, by: Member) -> Admission:
    """A draft of a new injury that nobody asked the centre about (4.6: a report may be missing)."""
    admission = Admission(environment=environment_for(by), flow=Flow.NEW, admitted_on=timezone.localdate(), typed=typed)
    return _saved(admission, given, by=by)


def admit_again(admission: Admission, *, by: Member) -> Admission:
    """A draft with the data of an admission whose registration was taken back; its fees have to be sent anew.

    Refused while the number is used by another admission, and for one that was not taken back.
    """
    admission = locked(admission)
    if admission.state != AdmissionState.UNDONE:
        raise Refused(f"这次就诊{admission.shown_state}，不需要重新办理")
    again = Admission(environment=environment_for(by), flow=admission.flow, enquiry=admission.enquiry)
    names = [name for name in ENTERED if name not in SEALED] + [
        "region",
        "injured_part",
        "covered_from",
        "covered_until",
    ]
    known = {name: getattr(admission, name) for name in names}
    known |= {name: getattr(admission, name).reveal() if getattr(admission, name) else "" for name in SEALED}
    return _saved(again, known, by=by)


def save_draft(admission: Admission, given: dict[str, Any], *, typed: dict[str, Any] | None, by: Member) -> Admission:
    """Write what was entered into a draft. `given`: the values that could be read; `typed`: everything as it was typed,
    to be shown again. Raises Refused when it is not a draft any more, or its number belongs to another admission.
    """
    admission = locked(admission)
    if admission.state != AdmissionState.DRAFT:
        raise Refused(f"这次就诊{admission.shown_state}，入院信息不能再修改")
    if admission.enquiry_id:
        given = {name: value for name, value in given.items() if name not in PROVEN or not _has(admission, name)}
    admission.typed = typed
    return _saved(admission, given, by=by)


def _has(admission: Admission, name: str) -> bool:
    return bool(getattr(admission, name))


def _saved(admission: Admission, given: dict[str, Any], *, by: Member) -> Admission:
    for name, value in given.items():
        if name in SEALED:
            setattr(admission, name, value or "")
        elif not _too_long(name, value):
            setattr(admission, name, value)
    for name in SEALED:
        if getattr(admission, name) is None:
            setattr(admission, name, "")
    admission.identity_masked = mask_identity(admission.identity.reveal())[:20]
    admission.name_masked = mask_name(admission.name.reveal())[:60]
    if admission._state.adding:
        admission.created_by, admission.created_as = by.user, by.label[:100]
    try:
        with transaction.atomic():
            admission.save()
    except IntegrityError as error:
        if "one_live_admission_a_number" not in str(error):
            raise
        refusal = Refused(f"住院号/门诊号：{admission.number} 已经用在另一次就诊上", field="number")
        live = Admission.objects.filter(environment=admission.environment, number=admission.number)
        moved = live.exclude(state=AdmissionState.UNDONE).values_list("operation_id", flat=True)
        raise refusal.behind(moved.first()) from None
    flow = str(Flow(admission.flow).label)
    record(ADMISSION_SAVED, admission, by=by, flow=flow, number=admission.number or "（未填）")
    return admission


def _too_long(name: str, value: Any) -> bool:
    """What its column cannot hold stays in `typed` alone, until it is right."""
    most = getattr(Admission._meta.get_field(name), "max_length", None)
    return isinstance(value, str) and most is not None and len(value) > most


def drop_draft(admission: Admission, *, by: Member) -> None:
    """Delete a draft that was never at the centre; Refused for anything else."""
    admission = locked(admission)
    if admission.state != AdmissionState.DRAFT:
        raise Refused(f"这次就诊{admission.shown_state}，不能删除")
    if admission.fee_items.exists() or admission.advices.exists():
        raise Refused("这次就诊已经有费用或医嘱，不能删除")
    record(ADMISSION_DROPPED, admission, by=by, number=admission.number or "（未填）")
    admission.delete()


def facts_of(admission: Admission) -> Facts:
    """The admission as the rules see it."""
    known = {name: getattr(admission, name) for name in ENTERED}
    known |= {name: getattr(admission, name).reveal() if getattr(admission, name) else "" for name in SEALED}
    return Facts(
        flow=admission.flow,
        proven=admission.enquiry_id is not None or admission.covered_until is not None,
        covered_from=admission.covered_from,
        covered_until=admission.covered_until,
        **known,
    )


def open_faults(admission: Admission, given: dict[str, Any] | None = None) -> list[AdmissionFault]:
    """Everything that stands against registering it now; with `given`, against what was entered but not saved."""
    facts = facts_of(admission)
    entered = {name: value for name, value in (given or {}).items() if name in ENTERED}
    if admission.enquiry_id:
        entered = {name: value for name, value in entered.items() if name not in PROVEN or not _has(admission, name)}
    return admission_faults(replace(facts, **entered), timezone.localdate())
