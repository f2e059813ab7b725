"""A stay with an interim settlement, and the way back from every depth."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from portal.demo import Failed
from settlement.management.demo.walk import Walk
from settlement.models import FeeLine, LineState, Visit
from settlement.services.inpatient.admission import admit, tell_change, unadmit
from settlement.services.inpatient.discharge import DischargeGiven, discharge, save_discharge, undo_discharge
from settlement.services.inpatient.fees import add_lines
from settlement.services.inpatient.removing import remove_all, remove_lines
from settlement.services.inpatient.sending import start_upload
from settlement.services.inpatient.writing import AdmissionGiven, DiagnosisGiven, begin_stay, change_stay

FIRST = (("F00000001", "4000.00", "1"), ("C00000002", "900.00", "1"), ("X00000001", "50.00", "3"))
SECOND = (("X00000003", "80.00", "2"), ("X00000006", "30.00", "1"))
PNEUMONIA = DiagnosisGiven("J18.900", "肺炎", is_main=True)
DAYS = 3


def inpatients(walk: Walk) -> None:
    """2401 → 2403 → 2301 daily → 2303A → 2304A in between → 2402 → 2304A, then back from every depth."""
    walk.label, walk.number = "住院", ""
    before = walk.scene()
    visit = admitted(walk)
    charged(walk, visit, FIRST)
    interim = walk.paid(visit, is_interim=True)
    charged(walk, visit, SECOND)
    left(walk, visit)
    final = walk.paid(visit)
    walk.refused(walk.label, "已结算时撤销出院", lambda: undo_discharge(walk.now(visit), by=walk.clerk))

    # the settlement goes back, and is made once more
    walk.taken_back(final)
    final = walk.paid(visit)
    # the discharge goes back, too: a line is taken back, then the patient leaves again
    walk.taken_back(final)
    recalled(walk, visit)
    taken = walk.step
    taken(
        "撤销一条明细（2302）",
        lambda: remove_lines(walk.now(visit), [_last_line(visit)], by=walk.clerk),
        lambda: _count(visit),
    )
    left(walk, visit)
    final = walk.paid(visit)

    # and all of it
    walk.taken_back(final)
    recalled(walk, visit)
    walk.taken_back(interim)
    taken("撤销全部明细（2302 0000）", lambda: remove_all(walk.now(visit), by=walk.clerk), lambda: _count(visit))
    taken("撤销入院（2404）", lambda: unadmit(walk.now(visit), by=walk.clerk), lambda: walk.state_now(visit))
    walk.as_before(before, "全部撤销后")


def admitted(walk: Walk) -> Visit:
    patient = walk.patient()
    given = AdmissionGiven(
        *("A03", "内科", "12", "D140200000001", "澄医师"),
        ward="一病区",
        started_at=timezone.now() - timedelta(days=DAYS),
    )
    with walk.tx():
        visit = begin_stay(patient, given, [PNEUMONIA], by=walk.clerk)
    walk.number = visit.number
    walk.step("入院（2401）", lambda: admit(walk.now(visit), by=walk.clerk), lambda: walk.now(visit).mdtrt_id)
    moved = AdmissionGiven(**{**vars(given), "bed": "31"})
    with walk.tx():
        change_stay(walk.now(visit), moved, [PNEUMONIA], by=walk.clerk)
    walk.step(
        "入院变更（2403）", lambda: tell_change(walk.now(visit), by=walk.clerk), lambda: f"{walk.now(visit).bed} 床"
    )
    return visit


def charged(walk: Walk, visit: Visit, charges: tuple[tuple[str, str, str], ...]) -> None:
    """Lines arrive and are uploaded by the worker."""
    with walk.tx():
        add_lines(walk.now(visit), walk.charges(*charges), by=walk.clerk)
    with walk.tx():
        start_upload(walk.now(visit), by=walk.clerk)
    walk.wait(f"上传费用 {visit.number}", lambda: _at_rest(walk, visit))
    with walk.tx():
        walk.told(walk.label, "上传费用（2301）", _count(visit))


def _at_rest(walk: Walk, visit: Visit) -> bool | None:
    current = walk.now(visit)
    left_ = FeeLine.objects.filter(visit=visit, state__in=[LineState.DRAFT, LineState.SENDING])
    if current.is_moving or left_.exists():
        if current.note and not current.is_moving:
            raise Failed(f"上传费用 {visit.number}：{current.note}")
        return None
    return True


def left(walk: Walk, visit: Visit) -> None:
    with walk.tx():
        save_discharge(walk.now(visit), DischargeGiven(timezone.now()), [PNEUMONIA], by=walk.clerk)
    walk.step("出院（2402）", lambda: discharge(walk.now(visit), by=walk.clerk), lambda: walk.state_now(visit))


def recalled(walk: Walk, visit: Visit) -> None:
    walk.step("撤销出院（2405）", lambda: undo_discharge(walk.now(visit), by=walk.clerk), lambda: walk.state_now(visit))


def _last_line(visit: Visit) -> str:
    return str(FeeLine.objects.filter(visit=visit, state=LineState.SENT).order_by("number").last().pk)  # type: ignore[union-attr]


def _count(visit: Visit) -> str:
    rows = FeeLine.objects.filter(visit=visit)
    sent = rows.filter(state__in=[LineState.SENT, LineState.SETTLED])
    total = sum((one.amount for one in sent), start=0)
    return f"中心有 {sent.count()} 条 {total:,.2f}"
