"""POSTs of work injury: each about an admission of its own."""

import base64
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.models import Admission, BatchState, CentreReading, Discharge, EpochState, FeeBatch, FeeEpoch, Node
from injury.models.upload import Purpose, Sign
from injury.services import save_draft, start_by_hand
from injury.services.discharge_drafts import Seat, add_record, save_head, save_record
from injury.services.discharge_files import Paper
from injury.services.materials import add_material
from tests.api.posts.visits import DOCUMENT
from tests.api.retrying import Body, Call, World, post
from tests.injury.catalogue_rows import put_item
from tests.injury.discharge_desk import PDF, PNG, TYPED
from tests.injury.fees import a_line, an_advice, make_admission
from tests.injury.upload_desk import an_item

PERSON = {"identity": DOCUMENT, "name": "沐样例"}


def admission(world: World, **more: Any) -> Admission:
    return make_admission(f"ZY{world.number('admission'):04}", **{"admitted_on": timezone.localdate(), **more})


def entered(world: World) -> Body:
    """A new injury as a hospital system enters it."""
    day = f"{timezone.localdate()}"
    stay = {"department": "骨科", "ward": "三病区", "bed": "12", "doctor": "孙样例", "diseases": "S82.100"}
    who = {**PERSON, "gender": "1", "person_no": "1001", "employer_no": "2002"}
    when = {"admitted_on": day, "injured_on": day, "visit_kind": "21", "treatment": "7"}
    return {"number": f"ZY{world.number('admission'):04}", **who, **when, **stay}


def settled(world: World) -> Admission:
    """One whose fees the centre has, to the cent."""
    made = admission(world, diagnosis_code="S82.200", gender="1", **PERSON)
    item = an_item(made, 1, Decimal("10.00"), state="uploaded", own_category="22", category="22")
    item.save(force_insert=True)
    now, sums = timezone.now(), {"22": "20.0000"}
    known: Body = {"environment": "test"}
    epoch = FeeEpoch.objects.create(**known, admission=made, n=1, state=EpochState.COMPLETE, started_at=now)
    batch: Body = {"number": 1, "sign": Sign.CHARGES, "state": BatchState.APPLIED, "count": 1, "amount": Decimal(20)}
    FeeBatch.objects.create(**known, epoch=epoch, sums=sums, content_hash="0" * 64, **batch)
    reading: Body = {"purpose": Purpose.FINAL, "sums": sums, "total": Decimal(20), "read_at": now}
    CentreReading.objects.create(**known, admission=made, epoch=epoch, changes=epoch.changes, **reading)
    return made


def written(world: World, made: Admission) -> Discharge:
    """Everything that a discharge says."""
    head = {"discharged_on": timezone.localdate(), "days": 1, "reason": "1", "diagnosis_code": "S82.200"}
    draft = save_head(made, head, seat=Seat(1), by=world.alice)
    for node, more in TYPED.items():
        entry = add_record(made, node, by=world.alice)
        save_record(entry, entry.content.reveal() | more, seat=Seat(1), by=world.alice)
    return draft


def left(world: World) -> Admission:
    """One that both sides have discharged."""
    made = settled(world)
    draft = written(world, made)
    Discharge.objects.filter(pk=draft.pk).update(state="done", discharged_at=timezone.now())
    Admission.objects.filter(pk=made.pk).update(state="discharged", discharged_on=timezone.localdate())
    return made


def paper(world: World, kind: str, name: str, content: bytes, amount: str) -> Body:
    file = base64.b64encode(content).decode()
    return {"kind": kind, "number": f"FP{world.number()}", "amount": amount, "file_name": name, "file": file}


# --- people and admissions


@post("injury/people-enquiries")
def find_person(world: World) -> Call:
    return ({"where": "local", "means": "identity", **PERSON},)


@post("injury/uploaded-enquiries")
def find_uploaded(world: World) -> Call:
    return ({"admitted_from": "2026-01-01", "admitted_to": "2026-01-31"},)


@post("injury/admissions")
def admit(world: World) -> Call:
    return ({"flow": "new", "register": True, **entered(world)},)


@post("injury/admissions/{admission_id}/registrations")
def register(world: World) -> Call:
    given = {**entered(world), **dict.fromkeys(("admitted_on", "injured_on"), timezone.localdate())}
    return {}, save_draft(start_by_hand({}, by=world.alice), given, typed=None, by=world.alice).pk


@post("injury/admissions/{admission_id}/cancellations")
def undo_registration(world: World) -> Call:
    return {}, admission(world).pk


# --- fees


@post("injury/fees")
def take_fees(world: World) -> Call:
    return ({"admission": admission(world).number, "fees": [a_line(prescribed_on=f"{timezone.localdate()}")]},)


@post("injury/advices")
def take_advices(world: World) -> Call:
    return ({"admission": admission(world).number, "advices": [an_advice(started_on=f"{timezone.localdate()}")]},)


@post("injury/fees/drops")
def drop_fees(world: World) -> Call:
    item = an_item(admission(world), 1, Decimal(10))
    item.save(force_insert=True)
    return ({"fees": [str(item.pk)], "reason": "重复记账"},)


@post("injury/fees/{fee_id}/corrections")
def correct_fee(world: World) -> Call:
    item = an_item(admission(world), 1, Decimal(10), days=1, advice_no="999")
    item.save(force_insert=True)
    return {"price": "11.00", "amount": "22.00"}, item.pk


@post("injury/mappings")
def map_items(world: World) -> Call:
    item = put_item(f"ZA{world.number()}")
    wish = {"own_code": f"YP{world.number()}", "own_name": "样例注射液", "kind": "0", "centre_code": item.code}
    return ({"items": [wish]},)


@post("injury/admissions/{admission_id}/uploads")
def upload(world: World) -> Call:
    made = admission(world)
    an_item(made, 1, Decimal(10)).save(force_insert=True)
    return {}, made.pk


@post("injury/admissions/{admission_id}/fee-checks")
def check_fees(world: World) -> Call:
    return {}, settled(world).pk


@post("injury/admissions/{admission_id}/sheet")
def ask_for_sheet(world: World) -> Call:
    return {}, left(world).pk


# --- discharge and materials


@post("injury/admissions/{admission_id}/discharge")
def save_discharge(world: World) -> Call:
    return {"days": 1, "reason": "1"}, admission(world).pk


@post("injury/admissions/{admission_id}/discharge/records")
def save_records(world: World) -> Call:
    return {"records": {str(Node.ADMISSION_NOTE): [TYPED[Node.ADMISSION_NOTE]]}}, admission(world).pk


@post("injury/admissions/{admission_id}/discharge/invoices")
def add_invoice(world: World) -> Call:
    return paper(world, "01", "发票.pdf", PDF, "20.00"), admission(world).pk


@post("injury/admissions/{admission_id}/discharge/submissions")
def discharge(world: World) -> Call:
    made = settled(world)
    written(world, made)
    return {}, made.pk


@post("injury/admissions/{admission_id}/discharge/cancellations")
def undo_discharge(world: World) -> Call:
    return {}, left(world).pk


@post("injury/admissions/{admission_id}/materials")
def keep_material(world: World) -> Call:
    return paper(world, "02", "方案.png", PNG, "0"), left(world).pk


@post("injury/materials/{material_id}/uploads")
def upload_material(world: World) -> Call:
    given = Paper("02", f"CL{world.number()}", Decimal(0), "方案.png", PNG)
    return {}, add_material(left(world), given, by=world.alice).pk
