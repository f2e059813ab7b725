"""What is written down of an admission: where the patient lies, who treats them, what was diagnosed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from settlement.actions import STAY_DROPPED, STAY_SAVED
from settlement.models import Diagnosis, Visit, VisitKind
from settlement.rules.inpatient import KINDS, time_faults, why_not_change_draft
from settlement.services.inpatient.scenes import MORE, details_of, refuse
from settlement.services.refusals import Refused
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked
from settlement.services.visits import Patient, begin_visit

#: Most diagnoses of an admission or a discharge.
MOST = 20
NEEDED = {
    "department_code": "科室编码",
    "department_name": "科室",
    "bed": "床位",
    "doctor_code": "医师编码",
    "doctor_name": "医师",
}
#: Names of AdmissionGiven that are columns of the visit.
COLUMNS = (
    *("med_type", "department_code", "department_name", "ward", "bed", "doctor_code", "doctor_name"),
    *("disease_code", "disease_name", "use_account", "settle_by"),
)


@dataclass(frozen=True)
class DiagnosisGiven:
    """One diagnosis; department, doctor and time are the stay's where they are left out."""

    code: str
    name: str
    is_main: bool = False
    type: str = "1"
    condition: str = ""
    department: str = ""
    doctor_code: str = ""
    doctor_name: str = ""
    diagnosed_at: datetime | None = None


@dataclass(frozen=True)
class AdmissionGiven:
    """Where and by whom somebody is treated; `more` by wire name (tel, coner_name, adm_diag_dscr, matn_type …)."""

    department_code: str
    department_name: str
    bed: str
    doctor_code: str
    doctor_name: str
    ward: str = ""
    med_type: str = "2101"
    disease_code: str = ""
    disease_name: str = ""
    use_account: str = "1"
    settle_by: str = "01"
    started_at: datetime | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in COLUMNS}


@atomic
def begin_stay(
    patient: Patient, given: AdmissionGiven, diagnoses: Sequence[DiagnosisGiven], *, by: Member, number: str = ""
) -> Visit:
    """A stay that nobody has sent yet. Raises Refused with every fault, keeping nothing."""
    started = given.started_at or timezone.now()
    if faults := admission_faults(given, diagnoses, started):
        raise Refused.of(faults)
    visit = begin_visit(
        patient,
        VisitKind.INPATIENT,
        by=by,
        number=number.strip(),
        started_at=started,
        details=told_more(given),
        **given.columns(),
    )
    store_diagnoses(visit, diagnoses, "in")
    record(STAY_SAVED, visit, by=by, number=visit.number, department=given.department_name, bed=given.bed)
    return visit


@atomic
def change_stay(visit: Visit, given: AdmissionGiven, diagnoses: Sequence[DiagnosisGiven], *, by: Member) -> Visit:
    """Write it down otherwise: before the admission, or during the stay, when the centre is told by 2403.

    Raises Refused with every fault. Previews expire.
    """
    visit = locked(visit)
    refuse(why_not_change_draft, visit)
    started = given.started_at or visit.started_at
    if faults := admission_faults(given, diagnoses, started):
        raise Refused.of(faults)
    kept = {name: value for name, value in details_of(visit).items() if name not in MORE}
    visit.details = kept | told_more(given)
    visit.started_at = started
    for name, value in given.columns().items():
        setattr(visit, name, value)
    visit.version += 1
    visit.save(update_fields=["details", "started_at", "version", *given.columns()])
    store_diagnoses(visit, diagnoses, "in")
    expire_previews(visit, None, "入院信息有变动")
    record(STAY_SAVED, visit, by=by, number=visit.number, department=given.department_name, bed=given.bed)
    return visit


def drop_stay(visit: Visit, *, by: Member) -> None:
    """Delete an admission that was never sent, with its lines."""
    visit = locked(visit)
    refuse(why_not_change_draft, visit)
    if visit.state != "draft":
        raise Refused("已经办理入院，不能删除")
    record(STAY_DROPPED, visit, by=by, number=visit.number)
    visit.lines.all().delete()
    visit.delete()


def told_more(given: AdmissionGiven) -> dict[str, str]:
    return {name: given.more[name] for name in MORE if given.more.get(name)}


def admission_faults(
    given: AdmissionGiven, diagnoses: Sequence[DiagnosisGiven], started: datetime
) -> list[tuple[str, str]]:
    """What is wrong, each with its field."""
    found = [(name, f"请填写{label}") for name, label in NEEDED.items() if not getattr(given, name)]
    if given.med_type not in KINDS:
        found.append(("med_type", "请选择住院的医疗类别"))
    return [*found, *time_faults(started, None, timezone.now()), *diagnosis_faults(diagnoses)]


def diagnosis_faults(diagnoses: Sequence[DiagnosisGiven]) -> list[tuple[str, str]]:
    """At least one, exactly one of them the main one, none twice; fields `diagnoses.<n>.<name>`."""
    if not diagnoses:
        return [("diagnoses", "请至少填写一条诊断")]
    found = [("diagnoses", f"最多 {MOST} 条诊断")] if len(diagnoses) > MOST else []
    mains = sum(1 for one in diagnoses if one.is_main)
    if mains != 1:
        found.append(("diagnoses", "请选定一条主诊断" if not mains else f"只能有一条主诊断，现在有 {mains} 条"))
    seen: set[str] = set()
    for n, one in enumerate(diagnoses):
        for name, label in (("code", "诊断编码"), ("name", "诊断名称")):
            if not getattr(one, name):
                found.append((f"diagnoses.{n}.{name}", f"第 {n + 1} 条诊断：请填写{label}"))
        if one.code and one.code in seen:
            found.append((f"diagnoses.{n}.code", f"第 {n + 1} 条诊断：{one.code} 重复"))
        seen.add(one.code)
    return found


def store_diagnoses(visit: Visit, diagnoses: Sequence[DiagnosisGiven], moment: str) -> None:
    """These instead of what stood there; the main one comes first."""
    known = {one.code: one.diagnosed_at for one in visit.diagnoses.filter(moment=moment)}
    visit.diagnoses.filter(moment=moment).delete()
    ordered = sorted(diagnoses, key=lambda one: not one.is_main)
    Diagnosis.objects.bulk_create(
        Diagnosis(
            environment=visit.environment,
            visit=visit,
            moment=moment,
            order=n,
            is_main=one.is_main,
            type=one.type,
            code=one.code,
            name=one.name,
            condition=one.condition,
            department=(one.department or visit.department_name)[:50],
            doctor_code=one.doctor_code or visit.doctor_code,
            doctor_name=one.doctor_name or visit.doctor_name,
            diagnosed_at=one.diagnosed_at or known.get(one.code) or timezone.now(),
        )
        for n, one in enumerate(ordered, 1)
    )
