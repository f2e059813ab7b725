"""What the doctor found (2203A): kind of visit, disease of chronic patients, diagnoses; sent again, it replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import INFORMED_CENTRE
from settlement.models import Diagnosis, Visit
from settlement.rules.outpatient import KINDS, needs_disease, why_not_inform
from settlement.services.outpatient.centre import diagnoses_there, visits_there
from settlement.services.outpatient.registration import NOBODY
from settlement.services.outpatient.scenes import INFORMED, TOLD, details_of, refuse, told_digest
from settlement.services.refusals import Refused
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked, move, moved_by, opened

#: Most diagnoses of one visit that anybody writes down.
MOST = 20


@dataclass(frozen=True)
class DiagnosisGiven:
    """One diagnosis; department, doctor and time are the visit's where they are left out."""

    code: str
    name: str
    type: str = "1"
    department: str = ""
    doctor_code: str = ""
    doctor_name: str = ""
    diagnosed_at: datetime | None = None


@dataclass(frozen=True)
class InformationGiven:
    """Kind of visit and disease; `more` by wire name (main_cond_dscr, birctrl_type, birctrl_matn_date …)."""

    med_type: str
    disease_code: str = ""
    disease_name: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@atomic
def inform(
    visit: Visit, given: InformationGiven, diagnoses: Sequence[DiagnosisGiven], *, by: Member
) -> Operation | None:
    """Write it down and send it; the first diagnosis is the main one. None when the centre has just this already.

    Raises Refused with every fault (`diagnoses.<n>.<field>`); then nothing is changed. Previews expire.
    """
    visit = locked(visit)
    refuse(why_not_inform, visit)
    if faults := information_faults(given, diagnoses):
        raise Refused.of(faults)
    _written(visit, given, diagnoses)
    changes = {name: getattr(visit, name) for name in ("med_type", "disease_code", "disease_name", "details")}
    if details_of(visit).get(INFORMED) == told_digest(visit):
        move(visit, visit.state, None, **changes)
        return None
    expire_previews(visit, None, "就诊信息有变动")
    operation = opened(
        request_for("2203A", content_of(visit), visit),
        key=visit.number,
        by=by,
        title=f"上传门诊就诊信息：{visit.number}，{visit.name_masked}，{len(diagnoses)} 条诊断",
        expected={"diagnoses": str(len(diagnoses))},
        subject=visit,
    )
    move(visit, visit.state, operation, **changes)
    return operation


def information_faults(given: InformationGiven, diagnoses: Sequence[DiagnosisGiven]) -> list[tuple[str, str]]:
    """What is wrong, each with its field."""
    found = []
    if given.med_type not in KINDS:
        found.append(("med_type", "请选择门诊的医疗类别"))
    if needs_disease(given.med_type):
        for name, label in (("disease_code", "病种编码"), ("disease_name", "病种名称")):
            if not getattr(given, name):
                found.append((name, f"这类门诊须填写{label}，与备案的病种一致"))
    if not diagnoses:
        found.append(("diagnoses", "请至少填写一条诊断"))
    if len(diagnoses) > MOST:
        found.append(("diagnoses", f"最多 {MOST} 条诊断"))
    seen: set[str] = set()
    for n, one in enumerate(diagnoses):
        for name, label in (("code", "诊断编码"), ("name", "诊断名称")):
            if not getattr(one, name):
                found.append((f"diagnoses.{n}.{name}", f"第 {n + 1} 条诊断：请填写{label}"))
        if one.code and one.code in seen:
            found.append((f"diagnoses.{n}.code", f"第 {n + 1} 条诊断：{one.code} 重复"))
        seen.add(one.code)
    return found


def _written(visit: Visit, given: InformationGiven, diagnoses: Sequence[DiagnosisGiven]) -> None:
    visit.med_type = given.med_type
    visit.disease_code, visit.disease_name = given.disease_code, given.disease_name
    details = {name: value for name, value in details_of(visit).items() if name not in TOLD}
    visit.details = details | {name: given.more[name] for name in TOLD if given.more.get(name)}
    known = {one.code: one.diagnosed_at for one in visit.diagnoses.filter(moment="")}
    visit.diagnoses.filter(moment="").delete()
    Diagnosis.objects.bulk_create(
        Diagnosis(
            environment=visit.environment,
            visit=visit,
            order=n,
            is_main=n == 1,
            type=one.type,
            code=one.code,
            name=one.name,
            department=one.department or visit.department_name[:50],
            doctor_code=one.doctor_code or visit.doctor_code,
            doctor_name=one.doctor_name or visit.doctor_name,
            diagnosed_at=one.diagnosed_at or known.get(one.code) or timezone.now(),
        )
        for n, one in enumerate(diagnoses, 1)
    )


def content_of(visit: Visit) -> dict[str, Any]:
    """The input of 2203A from what is written down."""
    details = details_of(visit)
    info = {
        "mdtrt_id": visit.mdtrt_id,
        "psn_no": visit.person_no.reveal(),
        "med_type": visit.med_type,
        "begntime": said(visit.started_at),
        "dise_codg": visit.disease_code,
        "dise_name": visit.disease_name,
        **{name: details.get(name, "") for name in TOLD},
    }
    rows = [
        {
            "diag_type": one.type,
            "diag_srt_no": one.order,
            "diag_code": one.code,
            "diag_name": one.name,
            "diag_dept": one.department,
            "dise_dor_no": one.doctor_code,
            "dise_dor_name": one.doctor_name,
            "diag_time": said(one.diagnosed_at),
            "vali_flag": "1",
        }
        for one in visit.diagnoses.filter(moment="").order_by("order", "id")
    ]
    return {"mdtrtinfo": info, "diseinfo": rows}


@outcome(transaction("2203"), transaction("2203A"))
class Informing(Handler):
    """The centre has what stands here, or what it had before."""

    labels = {"diagnoses": "诊断（条）"}
    consequence = "发送后替换医保中心的就诊信息和诊断"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        details = details_of(visit) | {INFORMED: told_digest(visit)}
        move(visit, visit.state, None, details=details)
        count = visit.diagnoses.filter(moment="").count()
        record(INFORMED_CENTRE, visit, by=None, number=visit.number, kind=visit.med_type_label, count=count)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, visit.state, None, note=f"就诊信息没有上传：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5202 lists the diagnoses, 5201 the kind; sending once more only replaces, so a difference is no danger."""
        with tenant_tx(operation.institution_pk):
            visit = Visit.objects.filter(operation=operation).first()
            mine = _diagnoses(visit) if visit else []
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        there = diagnoses_there(visit, ask)
        kinds = {one.med_type for one in visits_there(visit, ask, mdtrt_id=visit.mdtrt_id)}
        if there == mine and visit.med_type in kinds:
            return Applied(None, f"医保中心（5201、5202）的医疗类别和 {len(mine)} 条诊断与本次上传一致")
        return NotApplied("医保中心（5201、5202）的就诊信息与本次上传不一致；再次上传只会替换")


def _diagnoses(visit: Visit) -> list[tuple[str, str]]:
    rows = visit.diagnoses.filter(moment="").values_list("order", "code")
    return sorted((str(order), code) for order, code in rows)
