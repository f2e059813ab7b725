"""POSTs of stays and of filings: what the centre would have said is written down, nothing is sent."""

from datetime import timedelta

from django.utils import timezone

from settlement.models import FeeLine, Filing, Visit
from settlement.services.filings import file
from settlement.services.inpatient.discharge import DischargeGiven, save_discharge
from settlement.services.inpatient.fees import add_lines
from settlement.services.inpatient.scenes import INFORMED, details_of, told_digest
from settlement.services.inpatient.writing import begin_stay
from tests.api.posts.visits import did, identified, patient, previewed, there
from tests.api.retrying import Body, Call, World, post
from tests.settlement.inpatients import PNEUMONIA, charges, in_bed
from tests.settlement.test_file_for_people import TRANSFER, day
from tests.settlement.test_stays_rest import IN_BED, LINE
from tests.settlement.test_stays_rest import PNEUMONIA as DIAGNOSIS

#: What a hospital system tells of an admission.
OPENING: Body = {**IN_BED, "diagnoses": [DIAGNOSIS]}


def admitted(world: World) -> Visit:
    """The centre has the admission as it stands here."""
    visit = there(begin_stay(patient(world), in_bed(), [PNEUMONIA], by=world.alice))
    visit.details = details_of(visit) | {INFORMED: told_digest(visit)}
    visit.save(update_fields=["details"])
    return visit


def charged(world: World, state: str = "sent") -> Visit:
    """With lines, which the centre has."""
    visit = admitted(world)
    add_lines(visit, charges(), by=world.alice)
    FeeLine.objects.filter(visit=visit).update(state=state)
    return visit


def left(visit: Visit) -> Visit:
    """The centre has the discharge."""
    Visit.objects.filter(pk=visit.pk).update(state="left", ended_at=timezone.now())
    return Visit.objects.get(pk=visit.pk)


@post("settlement/stays")
def admit(world: World) -> Call:
    started = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    return ({"identification": str(identified(world).pk), "started_at": started, **OPENING},)


@post("settlement/stays/{visit_id}/admission")
def change(world: World) -> Call:
    return {**OPENING, "bed": "31"}, admitted(world).pk


@post("settlement/stays/{visit_id}/cancellations")
def unadmit(world: World) -> Call:
    return {}, admitted(world).pk


@post("settlement/stays/{visit_id}/fees")
def charge(world: World) -> Call:
    return {"lines": [LINE, LINE], "upload": True}, admitted(world).pk


@post("settlement/stays/{visit_id}/uploads")
def upload(world: World) -> Call:
    return {}, charged(world, "draft").pk


@post("settlement/stays/{visit_id}/removals")
def remove(world: World) -> Call:
    return {"all": True}, charged(world).pk


@post("settlement/stays/{visit_id}/preview")
def preview(world: World) -> Call:
    return {}, charged(world).pk


@post("settlement/stays/{visit_id}/discharge")
def discharge(world: World) -> Call:
    ended = f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"
    return {"ended_at": ended, "diagnoses": [DIAGNOSIS]}, charged(world).pk


@post("settlement/stays/{visit_id}/discharge-cancellations")
def undo_discharge(world: World) -> Call:
    visit = admitted(world)
    save_discharge(visit, DischargeGiven(timezone.now()), [PNEUMONIA], by=world.alice)
    return {}, left(visit).pk


@post("settlement/stays/{visit_id}/settlement")
def settle(world: World) -> Call:
    visit = left(charged(world))
    return {"preview": str(previewed(world, visit).pk), "invoice": "FP1"}, visit.pk


# --- filings


@post("settlement/filings")
def submit_filing(world: World) -> Call:
    content = {**TRANSFER, "refl_date": day()}
    return ({"kind": "transfer", "identification": str(identified(world).pk), "content": content},)


@post("settlement/filings/{filing_id}/withdrawals")
def withdraw(world: World) -> Call:
    made = file("transfer", {**TRANSFER, "refl_date": day()}, identified(world), by=world.alice)
    assert made.operation is not None
    did(made.operation)
    Filing.objects.filter(pk=made.pk).update(state="submitted", number=f"BA{world.number()}")
    return {"memo": "填写有误"}, made.pk
