"""An outpatient with two bills, and the way back from every depth."""

from __future__ import annotations

from settlement.management.demo.walk import Walk
from settlement.models import Bill, BillState, Visit
from settlement.services.outpatient.bills import begin_bill, change_bill, correct_bill
from settlement.services.outpatient.information import DiagnosisGiven, InformationGiven, inform
from settlement.services.outpatient.registration import RegistrationGiven, begin_outpatient, register, unregister
from settlement.services.outpatient.removing import remove_all, remove_bill
from settlement.services.outpatient.sending import send_bill

BASKETS = (
    (("F00000001", "400.00", "1"), ("X00000003", "80.00", "2")),
    (("F00000002", "300.00", "1"), ("T00000006", "3.00", "10")),
)
CORRECTED = (("F00000001", "380.00", "1"),)
SEEN = RegistrationGiven("A03", "内科", "A03", "D140200000001", "沐医师")
COUGH = DiagnosisGiven("J06.900", "急性上呼吸道感染")


def outpatients(walk: Walk) -> None:
    """2201 → 2203A → 2204 twice → 2206A → 2207A twice, then back from every depth."""
    walk.label, walk.number = "门诊", ""
    before = walk.scene()
    visit = registered(walk)
    one, two = (bill(walk, visit, basket) for basket in BASKETS)
    paid, other = walk.paid(visit, one), walk.paid(visit, two)
    walk.refused(walk.label, "已结算时撤销挂号", lambda: unregister(walk.now(visit), by=walk.clerk))

    # one settlement goes back, and the same lines are settled once more
    walk.taken_back(paid)
    paid = walk.paid(visit, one)
    # the lines go back, too: corrected and charged anew
    walk.taken_back(paid)
    removed(walk, one)
    with walk.tx():
        anew = correct_bill(now(one), by=walk.clerk)
        change_bill(anew, walk.charges(*CORRECTED), by=walk.clerk)
    sent(walk, anew)
    again = walk.paid(visit, anew)

    # and all of it
    for settlement in (again, other):
        walk.taken_back(settlement)
    walk.step(
        "撤销全部明细（2205 0000）", lambda: remove_all(walk.now(visit), by=walk.clerk), lambda: "全部未结算的批次"
    )
    walk.step("撤销挂号（2202）", lambda: unregister(walk.now(visit), by=walk.clerk), lambda: walk.state_now(visit))
    walk.as_before(before, "全部撤销后")


def registered(walk: Walk) -> Visit:
    patient = walk.patient()
    with walk.tx():
        visit = begin_outpatient(patient, SEEN, by=walk.clerk)
    walk.number = visit.number
    walk.step("挂号（2201）", lambda: register(walk.now(visit), by=walk.clerk), lambda: walk.now(visit).mdtrt_id)
    given = InformationGiven(visit.med_type)
    walk.step(
        "就诊信息（2203A）",
        lambda: inform(walk.now(visit), given, [COUGH], by=walk.clerk),
        lambda: f"{COUGH.code} {COUGH.name}",
    )
    return visit


def bill(walk: Walk, visit: Visit, basket: tuple[tuple[str, str, str], ...]) -> Bill:
    with walk.tx():
        made = begin_bill(walk.now(visit), walk.charges(*basket), by=walk.clerk)
    sent(walk, made)
    return made


def sent(walk: Walk, made: Bill) -> None:
    walk.step(
        "上传收费批次（2204）",
        lambda: send_bill(now(made), by=walk.clerk),
        lambda: f"{now(made).lines_count} 条 {now(made).total:,.2f} {now(made).get_state_display()}",
    )


def removed(walk: Walk, made: Bill) -> None:
    walk.step(
        "撤销收费批次（2205）",
        lambda: remove_bill(now(made), by=walk.clerk),
        lambda: str(BillState(now(made).state).label),
    )


def now(made: Bill) -> Bill:
    return Bill.objects.select_related("visit").get(pk=made.pk)
