"""Discharge and taking it back, of the own province and of others (4.13, 4.14, 4.26, 4.27)."""

from __future__ import annotations

import re
from datetime import date

from injury.messages import (
    Ack,
    Discharge,
    DischargeCrossProvince,
    UndoCrossProvinceDischarge,
    UndoDischarge,
    UploadMaterial,
)
from injury.sandbox.admitting import diseases_are_known
from injury.sandbox.centre import day, no, open_centre, options_of, stay_of, today
from injury.sandbox.fitness import CROSS_INPATIENT, INPATIENT
from injury.sandbox.models import State, Stay
from injury.sandbox.papers import CROSS, OWN, keep_papers, papers_of
from injury.sandbox.records import incomplete
from injury.sandbox.sums import outdated, total_of
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, Refuse, plays

WHOLE = re.compile(r"-?[0-9]{1,5}")


@plays(Discharge)
def discharge(request: Discharge, call: Call) -> Ack:
    """Dates, days, person, diseases, approval of the present sum, catalogue, records and invoices are checked."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None:
        raise no("110009")
    if stay.is_cross:
        raise no("110013", "异地就医请使用异地出院接口")
    if stay.state != State.ADMITTED:
        raise no("110010")
    if request.aac002 != stay.person.id_no:
        raise no("110011")
    if request.aac003 != stay.person.name:
        raise no("110012")
    if not diseases_are_known(request.akc196):
        raise no("110014", request.akc196)
    left = day(request.akc194) or today()
    if left < stay.admitted_on or left > today():
        raise no("110017", f"入院日期 {stay.admitted_on}")
    days = _days(request.ints, "110018")
    if days > (left - stay.admitted_on).days + 1:
        raise no("110019")
    if not stay.lines.exists():
        raise no("110020")
    if stay.lines.filter(alc401__gt=left).exists():
        raise no("110016")
    if outdated(stay):
        raise no("110022")
    if stay.approved_total != total_of(stay):
        raise no("110008", "请在全部费用上传后重新核准（4.12）")
    if stay.aka130 == INPATIENT and options_of(call.party).strict_records and (found := incomplete(request)):
        raise no("1004", f"电子病历不完整：{found[1]}")
    keep_papers(stay, papers_of(request.km12s.km12 if request.km12s else ()), OWN)
    _leave(call, stay, left, days, request.akc196, request.akc195)
    return Ack()


@plays(UndoDischarge)
def undo_discharge(request: UndoDischarge, call: Call) -> Ack:
    """Until the claim is handed in or audited; papers that came with it are free again."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or stay.is_cross or stay.state == State.ADMITTED:
        raise no("120002")
    if stay.state != State.DISCHARGED:
        raise no("120003")
    _come_back(call, stay, Discharge.code)
    return Ack()


@plays(DischargeCrossProvince)
def discharge_cross_province(request: DischargeCrossProvince, call: Call) -> Ack:
    """The same with codes of its own (350001 to 350029)."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or not stay.is_cross:
        raise no("350010")
    if stay.state != State.ADMITTED:
        raise no("350011")
    if (request.aac002, request.aac003) != (stay.person.id_no, stay.person.name):
        raise no("350010", "社会保障号码或姓名与就诊信息不符")
    if not diseases_are_known(request.akc194):
        raise no("350015", request.akc194)
    left = day(request.aae031) or today()
    if left < stay.admitted_on:
        raise no("350017", f"入院日期 {stay.admitted_on}")
    if left > today():
        raise Refuse("1004", no("1004").message + "出院日期不能晚于当前日期")
    days = _days(request.ints, "350009")
    if not stay.lines.exists():
        raise no("350012")
    if outdated(stay):
        raise no("350013")
    if stay.approved_total != total_of(stay):
        raise no("350014")
    if stay.aka130 == CROSS_INPATIENT and options_of(call.party).strict_records and (found := incomplete(request)):
        raise no(found[0].code, found[1])
    keep_papers(stay, papers_of(request.bskm12s.bskm12 if request.bskm12s else ()), CROSS)
    _leave(call, stay, left, days, request.akc194, request.akc202)
    return Ack()


@plays(UndoCrossProvinceDischarge)
def undo_cross_province_discharge(request: UndoCrossProvinceDischarge, call: Call) -> Ack:
    """Until the claim is handed in (4.27)."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or not stay.is_cross:
        raise no("360002")
    if stay.state == State.ADMITTED:
        raise no("360004")
    if stay.state != State.DISCHARGED:
        raise no("360003")
    _come_back(call, stay, DischargeCrossProvince.code)
    return Ack()


def _days(text: str, code: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) < 0:
        raise no(code)
    return int(text)


def _leave(call: Call, stay: Stay, left: date, days: int, diagnosis: str, reason: str) -> None:
    stay.state, stay.discharged_on, stay.days, stay.akc196 = State.DISCHARGED, left, days, diagnosis
    stay.detail["reason"] = reason
    stay.save(update_fields=["state", "discharged_on", "days", "akc196", "detail"])
    invoices = list(stay.materials.values_list("number", flat=True))
    call.effect(stay.akc190, rows=stay.lines.count(), amount=total_of(stay), detail={"invoices": invoices})


def _come_back(call: Call, stay: Stay, code: str) -> None:
    """Every paper of the stay goes: the next discharge brings them again."""
    numbers = list(stay.materials.values_list("number", flat=True))
    stay.materials.all().delete()
    stay.state, stay.discharged_on, stay.days, stay.akc196 = State.ADMITTED, None, 0, ""
    stay.save(update_fields=["state", "discharged_on", "days", "akc196"])
    keys = [stay.akc190, *(f"{stay.akc190}/{number}" for number in numbers)]
    ended = Effect.objects.filter(party=call.party, code__in=(code, UploadMaterial.code), business_key__in=keys)
    call.effect(stay.akc190, undoes=ended, detail={"invoices": numbers})
