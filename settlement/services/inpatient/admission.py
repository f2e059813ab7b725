"""Admitting (2401), telling a change (2403) and taking the admission back (2404)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.errors import NotSent
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import ADMITTED, STAY_TOLD, UNADMITTED
from settlement.models import Visit, VisitState
from settlement.rules.inpatient import why_not_admit, why_not_tell_change, why_not_unadmit
from settlement.services.channel import channel_settings
from settlement.services.inpatient.centre import diagnoses_there, is_there, open_there, stays_there
from settlement.services.inpatient.scenes import INFORMED, MORE, TOLD_TYPE, details_of, refuse, told_digest
from settlement.services.refusals import Refused
from settlement.services.settling.answers import plain, text
from settlement.services.settling.certificates import registered
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.previews import expire_previews
from settlement.services.settling.reversal import live_reversal, proves_gone, unless_gone
from settlement.services.steps import locked, move, moved_by, opened

NOBODY = "没有对应的就诊记录，须人工处理"
#: What 5201 shows of a stay that 2403 changes: our column → name on the wire.
SHOWN = {
    "number": "ipt_otp_no",
    "med_type": "med_type",
    "bed": "adm_bed",
    "department_code": "adm_dept_codg",
    "doctor_code": "atddr_no",
}


@atomic
def admit(visit: Visit, *, by: Member) -> Operation:
    """Admit at the centre; a second call while it runs returns the running operation."""
    visit = locked(visit)
    if visit.state == VisitState.OPENING and visit.operation:
        return visit.operation
    refuse(why_not_admit, visit)
    shown = registered(visit)
    info = {
        **{name: shown[name] for name in ("mdtrt_cert_type", "mdtrt_cert_no", "card_sn", "certno")},
        "cert_type": visit.document_type,
        "insutype": visit.insurance,
        "ipt_no": visit.number,
        "insuplc_admdvs": visit.insured_at,
        "mdtrtarea_admvs": region_of(visit.environment),
        **info_of(visit),
    }
    rows = [{"psn_no": visit.person_no.reveal(), **one} for one in diagnoses_of(visit, "in")]
    operation = opened(
        request_for("2401", {"mdtrtinfo": info, "diseinfo": rows}, visit),
        key=visit.number,
        by=by,
        title=f"入院登记：{visit.number}，{visit.name_masked}，{visit.department_name} {visit.bed} 床"[:200],
        subject=visit,
    )
    move(visit, VisitState.OPENING, operation)
    return operation


def region_of(environment: str) -> str:
    """Where the patient is treated (mdtrtarea_admvs); Refused without a channel."""
    try:
        return str(channel_settings(environment).region)
    except NotSent as error:
        raise Refused(error.sentence) from None


def info_of(visit: Visit) -> dict[str, Any]:
    """What 2401 and 2403 have in common."""
    main = visit.diagnoses.filter(moment="in", is_main=True).first()
    details = details_of(visit)
    return {
        "psn_no": visit.person_no.reveal(),
        "begntime": said(visit.started_at),
        "med_type": visit.med_type,
        "atddr_no": visit.doctor_code,
        "chfpdr_name": visit.doctor_name,
        "adm_dept_codg": visit.department_code,
        "adm_dept_name": visit.department_name,
        "adm_bed": visit.bed,
        "dscg_maindiag_code": main.code if main else "",
        "dscg_maindiag_name": main.name if main else "",
        "dise_codg": visit.disease_code,
        "dise_name": visit.disease_name,
        **{name: details.get(name, "") for name in MORE},
        "adm_diag_dscr": details.get("adm_diag_dscr") or (main.name if main else ""),
    }


def diagnoses_of(visit: Visit, moment: str) -> list[dict[str, Any]]:
    """diseinfo of 2401, 2403 ("in") and 2402 ("out")."""
    return [
        {
            "diag_type": one.type,
            "maindiag_flag": "1" if one.is_main else "0",
            "diag_srt_no": one.order,
            "diag_code": one.code,
            "diag_name": one.name,
            **({"adm_cond": one.condition} if moment == "in" else {}),
            "diag_dept": one.department,
            "dise_dor_no": one.doctor_code,
            "dise_dor_name": one.doctor_name,
            "diag_time": said(one.diagnosed_at),
        }
        for one in visit.diagnoses.filter(moment=moment).order_by("order", "id")
    ]


@outcome(transaction("2401"))
class Admitting(Handler):
    """The centre has a stay, or it has not. Nothing is charged yet."""

    consequence = "发送后医保中心登记这次住院"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        mdtrt_id = text(plain(reply).get("result") or {}, "mdtrt_id")[:30]
        note = "" if mdtrt_id else "医保中心已受理入院，但没有读到就诊ID，请核实"
        details = details_of(visit) | {INFORMED: told_digest(visit), TOLD_TYPE: visit.med_type}
        changes = {"mdtrt_id": mdtrt_id, "registered_at": timezone.now(), "details": details}
        move(visit, VisitState.OPEN, live_reversal(operation), note=note, **changes)
        record(ADMITTED, visit, by=None, number=visit.number, mdtrt_id=mdtrt_id or "—")

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, VisitState.DRAFT, None, note=f"没有办理入院：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5201 and 5303 list the person's stays with our number (ipt_otp_no)."""
        visit = moved(operation)
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        there = {
            one.mdtrt_id for one in (*stays_there(visit, ask), *open_there(visit, ask)) if one.number == visit.number
        }
        if len(there) > 1:
            return StillUnknown(f"医保中心有 {len(there)} 次住院号为 {visit.number} 的就诊", for_people=True)
        if not there:
            return NotApplied(f"医保中心（5201、5303）没有住院号为 {visit.number} 的就诊")
        (mdtrt_id,) = there
        reply: Record = transaction("2401").reply().model_validate({"result": {"mdtrt_id": mdtrt_id}})
        return Applied(reply, f"医保中心（5201、5303）有这次住院：{mdtrt_id}")


@unless_gone("2401")
def reversal_over(visit: Visit, *, gone: bool, told: str) -> None:
    """The reversal of an admission whose reply came late has ended: the stay is gone with it, or goes on."""
    changes = {"mdtrt_id": "", "registered_at": None} if gone else {}
    note = f"入院登记已冲正：{told}" if gone else f"没有冲正：{told}"
    move(visit, VisitState.DRAFT if gone else VisitState.OPEN, None, note=note, **changes)


@proves_gone("2401")
def no_stay_left(operation: Operation, ask: Ask) -> bool | None:
    """Whether the centre holds no stay of our number."""
    with tenant_tx(operation.institution_pk):
        visit = Visit.objects.filter(pk=operation.subject.rpartition(":")[2]).first()
    if visit is None:
        return None
    return not any(one.number == visit.number for one in (*stays_there(visit, ask), *open_there(visit, ask)))


@atomic
def tell_change(visit: Visit, *, by: Member) -> Operation:
    """Send what is written down now; it replaces what the centre has of the admission."""
    visit = locked(visit)
    refuse(why_not_tell_change, visit)
    named = {"mdtrt_id": visit.mdtrt_id, "psn_no": visit.person_no.reveal()}
    info = {"ipt_otp_no": visit.number, "mdtrt_cert_type": visit.certificate_type, **named, **info_of(visit)}
    rows = [{**named, **one} for one in diagnoses_of(visit, "in")]
    operation = opened(
        request_for("2403", {"adminfo": info, "diseinfo": rows}, visit),
        key=visit.number,
        by=by,
        title=f"入院信息变更：{visit.number}，{visit.name_masked}，{visit.department_name} {visit.bed} 床"[:200],
        subject=visit,
    )
    move(visit, visit.state, operation)
    return operation


@outcome(transaction("2403"))
class Changing(Handler):
    """The centre has what stands here, or what it had before."""

    consequence = "发送后替换医保中心的入院信息和入院诊断"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        details = details_of(visit) | {INFORMED: told_digest(visit), TOLD_TYPE: visit.med_type}
        move(visit, visit.state, None, details=details)
        record(STAY_TOLD, visit, by=None, number=visit.number)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, visit.state, None, note=f"入院信息变更没有上传：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5201 shows the admission, 5202 its diagnoses; sending once more only replaces what is there."""
        visit = moved(operation)
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        with tenant_tx(operation.institution_pk):
            rows = visit.diagnoses.filter(moment="in").values_list("order", "code")
            mine = sorted((str(order), code) for order, code in rows)
        there = next((one for one in stays_there(visit, ask) if one.mdtrt_id == visit.mdtrt_id), None)
        if there is not None and _same(visit, there.raw) and diagnoses_there(visit, ask) == mine:
            return Applied(None, f"医保中心（5201、5202）的入院信息和 {len(mine)} 条诊断与本次变更一致")
        return NotApplied("医保中心（5201、5202）的入院信息与本次变更不一致；再次上传只会替换")


def _same(visit: Visit, row: Mapping[str, Any]) -> bool:
    columns = all(str(getattr(visit, name)) == text(row, wire) for name, wire in SHOWN.items())
    return columns and text(row, "begntime")[:16] == said(visit.started_at)[:16]


@atomic
def unadmit(visit: Visit, *, by: Member) -> Operation:
    """Take the admission back; nothing of the stay may be left at the centre. The running one, if it runs."""
    visit = locked(visit)
    if visit.state == VisitState.UNDOING and visit.operation:
        return visit.operation
    refuse(why_not_unadmit, visit)
    data = {"psn_no": visit.person_no.reveal(), "mdtrt_id": visit.mdtrt_id}
    operation = opened(
        request_for("2404", {"data": data}, visit),
        key=visit.number,
        by=by,
        title=f"撤销入院登记：{visit.number}，{visit.name_masked}",
        subject=visit,
    )
    move(visit, VisitState.UNDOING, operation)
    return operation


@outcome(transaction("2404"))
class Unadmitting(Handler):
    """The centre's stay is gone, or it stands."""

    consequence = "发送后医保中心取消这次住院登记"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        expire_previews(visit, None, "入院登记已撤销")
        move(visit, VisitState.UNDONE, None, undone_at=timezone.now())
        record(UNADMITTED, visit, by=None, number=visit.number)

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is not None:
            move(visit, VisitState.OPEN, None, note=f"没有撤销入院登记：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        visit = moved(operation)
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        if is_there(visit, ask):
            return NotApplied(f"医保中心（5201、5303）的就诊 {visit.mdtrt_id} 仍在")
        return Applied(None, f"医保中心（5201、5303）已没有就诊 {visit.mdtrt_id}")


def moved(operation: Operation) -> Visit | None:
    """The visit that this operation moves, to read only."""
    with tenant_tx(operation.institution_pk):
        return Visit.objects.filter(operation=operation).first()
