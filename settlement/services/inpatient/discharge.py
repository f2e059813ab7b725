"""Discharging (2402) and taking it back (2405): written down first, sent when it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.codes import code_list
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import DISCHARGE_SAVED, DISCHARGED, UNDISCHARGED
from settlement.models import FeeLine, LineState, Visit, VisitState
from settlement.rules.inpatient import DIED, time_faults, why_not_discharge, why_not_undo_discharge
from settlement.services.inpatient.admission import NOBODY, diagnoses_of, moved
from settlement.services.inpatient.centre import is_open_there, is_there
from settlement.services.inpatient.scenes import LEAVING, details_of, refuse
from settlement.services.inpatient.writing import DiagnosisGiven, diagnosis_faults, store_diagnoses
from settlement.services.refusals import Refused
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked, move, moved_by, opened

#: Of what 2402 takes beyond these, the admission's is repeated.
REPEATED = (
    *("oprn_oprt_code", "oprn_oprt_name", "fpsc_no", "matn_type", "birctrl_type", "latechb_flag", "geso_val"),
    *("fetts", "fetus_cnt", "pret_flag", "birctrl_matn_date"),
)


@dataclass(frozen=True)
class DischargeGiven:
    """How somebody leaves: `way` is dscg_way; department and bed are the stay's where they are left out."""

    ended_at: datetime
    way: str = "1"
    department_code: str = ""
    department_name: str = ""
    bed: str = ""
    died_on: date | None = None
    has_complication: bool = False


@atomic
def save_discharge(visit: Visit, given: DischargeGiven, diagnoses: Sequence[DiagnosisGiven], *, by: Member) -> Visit:
    """Write it down; nothing is sent. Raises Refused with every fault."""
    visit = locked(visit)
    if visit.state not in (VisitState.OPEN, VisitState.DRAFT) or visit.is_moving:
        raise Refused(f"这次住院{visit.shown_state}，现在不能修改出院信息")
    if faults := discharge_faults(visit, given, diagnoses):
        raise Refused.of(faults)
    kept = {**asdict(given), "ended_at": given.ended_at.isoformat(), "died_on": str(given.died_on or "")}
    visit.details = details_of(visit) | {LEAVING: kept}
    visit.version += 1
    visit.save(update_fields=["details", "version"])
    store_diagnoses(visit, diagnoses, "out")
    record(DISCHARGE_SAVED, visit, by=by, number=visit.number)
    return visit


def discharge_faults(visit: Visit, given: DischargeGiven, diagnoses: Sequence[DiagnosisGiven]) -> list[tuple[str, str]]:
    """What is wrong, each with its field: times, way and day of death, charges after the discharge, diagnoses."""
    found = time_faults(visit.started_at, given.ended_at, timezone.now())
    if given.way not in dict(code_list("national.dscg_way").choices()):
        found.append(("way", "请选择离院方式"))
    if (given.way == DIED) != bool(given.died_on):
        found.append(("died_on", "离院方式为死亡时填写死亡日期" if given.died_on else "请填写死亡日期"))
    if given.died_on and not day_of(visit.started_at) <= given.died_on <= day_of(given.ended_at):
        found.append(("died_on", "死亡日期应在住院期间"))
    rows = FeeLine.objects.filter(visit=visit).exclude(state=LineState.REMOVED)
    last = rows.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    if last and day_of(last) > day_of(given.ended_at):
        found.append(("ended_at", f"{day_of(last)} 还有费用明细，晚于出院日期"))
    return [*found, *diagnosis_faults(diagnoses)]


def day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def discharge_of(visit: Visit) -> DischargeGiven | None:
    """What is written down; None while nothing is."""
    kept = details_of(visit).get(LEAVING)
    if not kept:
        return None
    died = date.fromisoformat(kept["died_on"]) if kept.get("died_on") else None
    return DischargeGiven(**kept | {"ended_at": datetime.fromisoformat(kept["ended_at"]), "died_on": died})


@atomic
def discharge(visit: Visit, *, by: Member) -> Operation:
    """Send what is written down; a second call while it runs returns the running operation."""
    visit = locked(visit)
    if visit.state == VisitState.LEAVING and visit.operation:
        return visit.operation
    refuse(why_not_discharge, visit)
    given = discharge_of(visit)
    assert given is not None
    rows = visit.diagnoses.filter(moment="out")
    again = [DiagnosisGiven(one.code, one.name, one.is_main) for one in rows]
    if faults := discharge_faults(visit, given, again):  # charges may have arrived since
        raise Refused.of(faults)
    named = {"mdtrt_id": visit.mdtrt_id, "psn_no": visit.person_no.reveal()}
    request = request_for(
        "2402",
        {
            "dscginfo": {**named, **info_of(visit, given)},
            "diseinfo": [{**named, **one} for one in diagnoses_of(visit, "out")],
        },
        visit,
    )
    operation = opened(
        request,
        key=visit.number,
        by=by,
        title=f"出院办理：{visit.number}，{visit.name_masked}，{said(given.ended_at)[:16]}",
        subject=visit,
    )
    move(visit, VisitState.LEAVING, operation)
    return operation


def info_of(visit: Visit, given: DischargeGiven) -> dict[str, Any]:
    details = details_of(visit)
    return {
        "insutype": visit.insurance,
        "endtime": said(given.ended_at),
        "dise_codg": visit.disease_code,
        "dise_name": visit.disease_name,
        **{name: details.get(name, "") for name in REPEATED},
        "cop_flag": "1" if given.has_complication else "0",
        "dscg_dept_codg": given.department_code or visit.department_code,
        "dscg_dept_name": given.department_name or visit.department_name,
        "dscg_bed": given.bed or visit.bed,
        "dscg_way": given.way,
        "die_date": str(given.died_on or ""),
    }


@outcome(transaction("2402"))
class Discharging(Handler):
    """The stay is over at the centre, or it goes on."""

    consequence = "发送后医保中心登记出院，之后可以结算"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        given = discharge_of(visit)
        expire_previews(visit, None, "已办理出院")
        move(visit, VisitState.LEFT, None, ended_at=given.ended_at if given else timezone.now())
        record(DISCHARGED, visit, by=None, number=visit.number)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, VisitState.OPEN, None, note=f"没有办理出院：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5303 lists the stays that are not over; 5201 shows that it is there at all."""
        return _over(operation, ask, wants_open=False)


@atomic
def undo_discharge(visit: Visit, *, by: Member) -> Operation:
    """Take the discharge back: the stay goes on."""
    visit = locked(visit)
    if visit.operation and visit.operation.is_live and visit.operation.kind == "2405":
        return visit.operation
    refuse(why_not_undo_discharge, visit)
    data = {"psn_no": visit.person_no.reveal(), "mdtrt_id": visit.mdtrt_id}
    operation = opened(
        request_for("2405", {"data": data}, visit),
        key=visit.number,
        by=by,
        title=f"撤销出院：{visit.number}，{visit.name_masked}",
        subject=visit,
    )
    expire_previews(visit, None, "出院正在撤销")
    move(visit, visit.state, operation)
    return operation


@outcome(transaction("2405"))
class Undischarging(Handler):
    """The stay goes on at the centre, or it is over as before."""

    consequence = "发送后医保中心恢复为在院"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        move(visit, VisitState.OPEN, None, ended_at=None)
        record(UNDISCHARGED, visit, by=None, number=visit.number)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, visit.state, None, note=f"没有撤销出院：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        return _over(operation, ask, wants_open=True)


def _over(operation: Operation, ask: Ask, *, wants_open: bool) -> Verdict:
    visit = moved(operation)
    if visit is None:
        return StillUnknown(NOBODY, for_people=True)
    is_open = is_open_there(visit, ask)
    if not is_open and not is_there(visit, ask):
        return StillUnknown(f"医保中心（5201、5303）没有就诊 {visit.mdtrt_id}", for_people=True)
    told = f"医保中心（5303）的就诊 {visit.mdtrt_id} {'在院' if is_open else '已出院'}"
    return Applied(None, told) if is_open == wants_open else NotApplied(told)
