"""Admission and taking it back, of the own province and of others (4.8, 4.9, 4.22, 4.23)."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q, QuerySet

from injury.messages import (
    Ack,
    Register,
    RegisterCrossProvince,
    UndoCrossProvinceRegistration,
    UndoRegistration,
    UploadCrossProvinceFees,
    UploadFees,
)
from injury.messages.admission import AdmissionRecord
from injury.messages.cross_province import CrossProvinceAdmission
from injury.sandbox.centre import day, no, open_centre, options_of, stay_of, today
from injury.sandbox.fitness import CROSS_INPATIENT, INPATIENT, admits, files
from injury.sandbox.models import Filing, Injury, Line, Person, State, Stay, Treatment
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, plays

#: Diseases as ICD-10 writes them: T14.900.
DISEASE = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Za-z+]{1,6})?")
#: Effects that end with the admission.
OF_A_STAY = (Register.code, RegisterCrossProvince.code, UploadFees.code, UploadCrossProvinceFees.code)


@plays(Register)
def register(request: Register, call: Call) -> Ack:
    """One injury of the person: a recognised one with an approved application, or a new one without either."""
    open_centre(call, locked=True)
    asked = request.kc21
    admitted = day(asked.akc192) or today()
    if stay_of(call.party, asked.akc190):
        raise no("51014")
    is_new = request.isnewinjure == "1"
    person = _person(call, asked)
    injury = _injury(person, asked, is_new=is_new)
    if asked.aka130 == INPATIENT and not (asked.akc199 and asked.alk024):
        raise no("1004", "住院必须填写病房（akc199）和床位号（alk024）")
    if not diseases_are_known(asked.alc028):
        raise no("51015", asked.alc028)
    if admitted > today():
        raise no("51020")
    if admitted < injury.happened_on:
        raise no("51018", f"工伤发生时间 {injury.happened_on}")
    if not is_new:
        _check_application(injury, asked, admitted)
    if _open_stays(person, INPATIENT).exists():
        raise no("51013")
    Stay.objects.create(
        party=call.party,
        person=person,
        akc190=asked.akc190,
        is_new=is_new,
        number=person.stays.exclude(state=State.UNDONE).count() + 1,
        alca02=injury.alca02,
        aae073="" if is_new else asked.aae073 or "",
        aka130=asked.aka130,
        akc191=asked.akc191,
        admitted_on=admitted,
        alc028=asked.alc028,
        akc666=asked.akc666 or "",
        detail={"injury": injury.pk, "doctor": asked.ysbm, "department": asked.alk023},
    )
    call.effect(asked.akc190, detail={"person": person.number, "new": is_new, "alca02": injury.alca02})
    return Ack()


@plays(UndoRegistration)
def undo_registration(request: UndoRegistration, call: Call) -> Ack:
    """Fees and advices go with it, unless the option `undo_with_fees` is off."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or stay.is_cross:
        raise no("61007")
    if not request.alca02 and stay.alca02:
        raise no("61003")
    if stay.alca02 != (request.alca02 or ""):
        raise no("61008")
    if stay.state != State.ADMITTED:
        raise no("61005")
    if not options_of(call.party).undo_with_fees and stay.lines.exists():
        raise no("61006")
    _undo(stay, call)
    return Ack()


@plays(RegisterCrossProvince)
def register_cross_province(request: RegisterCrossProvince, call: Call) -> Ack:
    """A worker insured elsewhere, with a filing to this institution that is valid on the day."""
    open_centre(call, locked=True)
    asked = request.bs003WS
    admitted = day(asked.aae030) or today()
    if not options_of(call.party).cross_province:
        raise no("310017")
    if asked.aka130 == CROSS_INPATIENT and not asked.akc200:
        raise no("310007")
    if asked.aka130 == CROSS_INPATIENT and not asked.akc199:
        raise no("310009")
    if admitted > today():
        raise no("310022")
    if stay_of(call.party, asked.akc190):
        raise no("310020")
    filing = _filing(call, asked, admitted)
    person = filing.person
    if _open_stays(person, CROSS_INPATIENT).exists():
        raise no("310019")
    last = person.stays.filter(aka130=CROSS_INPATIENT, admitted_on__lte=admitted, discharged_on__gt=admitted)
    if last.exclude(state=State.UNDONE).exists():
        raise no("310021")
    Stay.objects.create(
        party=call.party,
        person=person,
        akc190=asked.akc190,
        is_cross=True,
        number=person.stays.exclude(state=State.UNDONE).count() + 1,
        alca02=asked.alc011,
        aka130=asked.aka130,
        akc191=asked.akc191,
        admitted_on=admitted,
        alc028=asked.alc028,
        detail={"filing": filing.pk, "doctor": asked.ysbm, "department": asked.akc201},
    )
    call.effect(asked.akc190, detail={"person": person.number, "alc011": filing.alc011})
    return Ack()


@plays(UndoCrossProvinceRegistration)
def undo_cross_province_registration(request: UndoCrossProvinceRegistration, call: Call) -> Ack:
    """Refused while there are fees, which have to be taken back first (4.23)."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or not stay.is_cross:
        raise no("320002")
    if request.alc011 and request.alc011 != stay.alca02:
        raise no("320005")
    if stay.state == State.AUDITED:
        raise no("320003")
    if stay.state != State.ADMITTED or stay.lines.exists():
        raise no("320004", "存在费用明细或已办理出院，请先撤销")
    _undo(stay, call)
    return Ack()


def diseases_are_known(codes: str) -> bool:
    return all(DISEASE.fullmatch(one) for one in codes.split(","))


def _person(call: Call, asked: AdmissionRecord) -> Person:
    own = {"id_no": asked.aac002, "name": asked.aac003, "number": asked.aac001}
    person = Person.objects.filter(party=call.party, **own).first()
    if person is None or person.kind == "cross":
        raise no("51017")
    return person


def _injury(person: Person, asked: AdmissionRecord, *, is_new: bool) -> Injury:
    """The injury that is named, or the new one."""
    if not is_new and not asked.alca02:
        raise no("51012")
    wanted = Q(alca02="") if is_new else Q(alca02=asked.alca02)
    injury = person.injuries.filter(wanted).order_by("-happened_on").first()
    if injury is None:
        raise no("51017")
    return injury


def _check_application(injury: Injury, asked: AdmissionRecord, admitted: date) -> None:
    """The specification checks it "strictly" (4.4) and has no code of its own for it; 190002 says what is missing."""
    found = Treatment.objects.filter(injury=injury, aae073=asked.aae073 or "").first()
    if found is None or not admits(found, admitted, asked.aka130, asked.akc191):
        raise no("190002", "没有已审核、在有效期内且与医疗类别和治疗类别相符的申请")


def _filing(call: Call, asked: CrossProvinceAdmission, admitted: date) -> Filing:
    found = Filing.objects.filter(
        person__party=call.party, person__id_no=asked.aac002, person__name=asked.aac003, alc011=asked.alc011
    ).select_related("person")
    for one in found:
        if files(one, admitted, asked.akc191):
            return one
    raise no("310018")


def _open_stays(person: Person, aka130: str) -> QuerySet[Stay]:
    return person.stays.filter(state=State.ADMITTED, aka130=aka130)


def _undo(stay: Stay, call: Call) -> None:
    lines = Line.objects.filter(stay=stay)
    rows = lines.count()
    lines.delete()
    stay.batches.all().delete()
    stay.advices.all().delete()
    stay.state = State.UNDONE
    stay.save(update_fields=["state"])
    ended = Effect.objects.filter(party=call.party, code__in=OF_A_STAY, business_key=stay.akc190)
    call.effect(stay.akc190, rows=rows, undoes=ended)
