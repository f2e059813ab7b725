"""The two flows of the interface (4.2) and the one of another province (4.21 to 4.27), from the person to the sheet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from injury.management.demo.leaving import discharge, take_back
from injury.management.demo.walk import Walk
from injury.models import Admission, AdmissionState, EpochState, FeeEpoch, Flow, Source
from injury.services import ask_about_person, begin_admission, register_admission, save_draft, undo_registration
from injury.services.fee_arrival import take_fees
from injury.services.findings import Person, person_of
from injury.services.people import ELSEWHERE, IDENTITY, LOCAL
from injury.services.uploading import request_wipe, start_upload
from portal.demo import Failed

FLOWS = {"inpatient": (Flow.OLD, "老工伤"), "new": (Flow.NEW, "新发工伤"), "cross": (Flow.CROSS, "跨省异地")}
#: Of an application (4.4): for inpatients (JXZL); referral and relapse (ALE021), no rehabilitation.
INPATIENT, TREATING = "2", ("6", "7")
#: Own code, name, kind, price, quantity: drugs, treatments and a material that are mapped, a drug that is not.
CHARGES = (
    ("YP001", "0", "12.30", "3"),
    ("YP002", "0", "0.55", "20"),
    ("ZL001", "1", "38.00", "2"),
    ("ZL002", "1", "150.00", "1"),
    ("CL001", "9", "399.00", "1"),
    ("YP900", "0", "88.80", "2"),
)


def old_injury(walk: Walk) -> None:
    """4.3 → 4.4 → 4.8 → 4.10 → 4.12 → 4.13, then audited, with the sheet before and after."""
    admission = admitted(walk, "inpatient")
    charged(walk, admission)
    discharge(walk, admission, audited=True)


def new_injury(walk: Walk) -> None:
    """4.3 → 4.6 → 4.8 → 4.10 → 4.12 → 4.13: uploaded, and paid by the person."""
    admission = admitted(walk, "new")
    charged(walk, admission)
    discharge(walk, admission, audited=False)


def another_province(walk: Walk) -> None:
    """4.21 → 4.22 → 4.24 → 4.12 → 4.26."""
    admission = admitted(walk, "cross")
    charged(walk, admission)
    discharge(walk, admission, audited=False)


def taken_back(walk: Walk) -> None:
    """A stay that should not have been: discharge, fees and registration are undone again (4.14, 4.11, 4.9)."""
    admission = admitted(walk, "inpatient")
    charged(walk, admission)
    discharge(walk, admission, audited=False, with_sheet=False)
    take_back(walk, admission)
    with walk.tx():
        wipe = request_wipe(now(admission), reason="登记错误（演示）", again=False, by=walk.clerk)
    walk.send(wipe)
    walk.wait("作废费用", lambda: _emptied(admission))
    walk.told(
        walk.label,
        f"作废费用（4.11）〔{str(wipe.pk)[-8:]}〕",
        "0 条 0.00",
        f"{walk.stay(admission.number)['count']} 条",
    )
    with walk.tx():
        undo = undo_registration(now(admission), by=walk.clerk)
    walk.send(undo)
    gone = admission.number in walk.state_of("injury", walk.app_code)["undone"]
    walk.told(walk.label, f"撤销入院登记（4.9）〔{str(undo.pk)[-8:]}〕", "已撤销", "已撤销" if gone else "仍在")
    if not gone:
        raise Failed(f"沙箱仍有就诊 {admission.number}")


def now(admission: Admission) -> Admission:
    """The admission as it is."""
    return Admission.objects.select_related("operation").get(pk=admission.pk)


def admitted(walk: Walk, fit: str) -> Admission:
    """Find the person, choose what the stay is about, fill in the form, register."""
    flow, walk.label = FLOWS[fit]
    walk.number = ""
    person, elsewhere = walk.person(fit), flow == Flow.CROSS
    given = {"identity": person["aac002"], "name": person["aac003"]}
    with walk.tx():
        asked = ask_about_person(ELSEWHERE if elsewhere else LOCAL, IDENTITY, given, by=walk.clerk)
    answered = walk.answered(asked)
    with walk.tx():
        found = person_of(answered, walk.today)
        key = found.fresh.key if flow == Flow.NEW and found.fresh else _chosen(found)
        walk.told(walk.label, "查询人员", f"{len(found.injuries)} 项工伤，{len(found.filings)} 条备案", "")
        admission = begin_admission(answered, flow, key, by=walk.clerk)
        admission = save_draft(admission, _form(walk, admission, person), typed=None, by=walk.clerk)
        operation = register_admission(admission, by=walk.clerk)
        walk.number = admission.number
    walk.send(operation)
    with walk.tx():
        admission = now(admission)
    there = walk.stay(admission.number)
    walk.told(walk.label, f"入院登记〔{str(operation.pk)[-8:]}〕", admission.get_state_display(), there["state"])
    if admission.state != AdmissionState.ADMITTED:
        raise Failed(f"就诊 {admission.number}：{admission.shown_state}")
    return admission


def _chosen(found: Person) -> str:
    """The application or filing that a clerk would take for an inpatient's treatment; "" when there is none."""
    fitting = [one for one in found.usable if found.is_elsewhere or one.raw["jxzl"] == INPATIENT]
    return next((one.key for one in fitting if found.is_elsewhere or one.raw["ale021"] in TREATING), "")


def _form(walk: Walk, admission: Admission, person: dict[str, Any]) -> dict[str, Any]:
    number = f"DEMO{len(walk.taken):03d}{walk.today:%m%d}"
    elsewhere = admission.flow == Flow.CROSS
    return {
        "number": number,
        "visit_kind": "72" if elsewhere else "21",
        "treatment": "7",
        "card": person["card_no"],
        "admitted_on": walk.today - timedelta(days=3),
        "diseases": "S82.100",
        "diagnosis_code": "S82.100" if elsewhere else "",
        "diagnosis": "胫骨骨折" if elsewhere else "",
        "department": "骨科",
        "ward": "三病房",
        "bed": "12",
        "doctor": "沐医师",
        "self_pay_by": "" if elsewhere else "2",
    }


def charged(walk: Walk, admission: Admission) -> None:
    """Six charges and a refund arrive with the doctor's advice, and are uploaded."""
    lines = [_line(walk, place, *charge) for place, charge in enumerate(CHARGES, start=1)]
    back = {**lines[1], "line_id": "R001", "quantity": "-5", "amount": "-2.75"}
    advice = {
        "number": "YZ001",
        "started_on": str(_day(walk)),
        "text": "抗感染治疗",
        "doctor": "沐医师",
        "nurse": "溪护士",
        "kind": "1",
    }
    with walk.tx():
        taken = take_fees(now(admission), [*lines, back], by=walk.clerk, source=Source.API, advices=[advice])
        total = sum((Decimal(str(one["amount"])) for one in [*lines, back]), Decimal(0))
    walk.told(walk.label, "费用到达", f"{len(taken.fees.items)} 条 {total:,.2f}")
    with walk.tx():
        start_upload(now(admission), by=walk.clerk)
    walk.uploaded(admission)
    walk.compare_fees(walk.label, "上传费用并核对（4.12）", admission)


def _day(walk: Walk) -> Any:
    return walk.today - timedelta(days=1)


def _line(walk: Walk, place: int, own: str, kind: str, price: str, quantity: str) -> dict[str, Any]:
    return {
        "line_id": f"F{place:03d}",
        "prescription": "CF001",
        "prescribed_on": str(_day(walk)),
        "days": 1,
        "own_code": own,
        "own_name": f"本院项目{own}",
        "common_name": f"本院项目{own}",
        "kind": kind,
        "price": price,
        "quantity": quantity,
        "amount": f"{Decimal(price) * Decimal(quantity):f}",
        "dosage_form": "片剂" if kind == "0" else "无",
        "specification": "10mg×20" if kind == "0" else "无",
        "advice_no": "YZ001" if kind == "0" else "999",
        "trace_codes": f"8348{place:016d}" if kind == "0" else "",
    }


def _emptied(admission: Admission) -> bool | None:
    return None if FeeEpoch.objects.filter(admission=admission).exclude(state=EpochState.WIPED).exists() else True
