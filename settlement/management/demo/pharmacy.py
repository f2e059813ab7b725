"""A purchase with the identity card, one with the e-voucher; both are taken back."""

from __future__ import annotations

from settlement.management.demo.walk import Walk
from settlement.models import Visit
from settlement.rules.identity import Way
from settlement.services.identity import fresh_certificate, patient_of
from settlement.services.pharmacy import begin_purchase
from settlement.services.visits import Patient

BASKET = (("X00000001", "12.50", "2"), ("X00000006", "30.00", "1"))


def purchases(walk: Walk) -> None:
    """2101A → 2102A → 2103, twice."""
    walk.label, walk.number = "药店购药", ""
    before = walk.scene()
    bought = walk.paid(basket(walk, walk.patient()))
    walk.taken_back(bought)
    person = walk.person()
    found = walk.identified(Way.VOUCHER, code=walk.voucher(str(person["psn_no"])))
    with walk.tx():
        patient = patient_of(found)
    walk.told(walk.label, "识别身份（电子凭证）", f"{patient.insurance} 余额 {walk.balance(patient):,.2f}")
    visit = basket(walk, patient)
    again = walk.identified(Way.VOUCHER, code=walk.voucher(patient.person_no))
    with walk.tx():
        fresh = fresh_certificate(again, patient.person_no)
    walk.taken_back(walk.paid(visit, certificate=fresh))
    walk.as_before(before, "全部撤销后")


def basket(walk: Walk, patient: Patient) -> Visit:
    with walk.tx():
        visit = begin_purchase(patient, walk.charges(*BASKET), by=walk.clerk)
    walk.number = visit.number
    return visit
