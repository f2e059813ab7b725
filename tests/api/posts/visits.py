"""POSTs of purchases and outpatient visits: what the centre would have said is written down, nothing is sent."""

from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from injury.rules.identity import check_digit
from portal.gateway.journal import Attempt, Operation, State
from portal.gateway.journal.handlers import handler_of
from settlement.models import Bill, FeeLine, Identification, Settlement, Visit
from settlement.rules.identity import Certificate
from settlement.services.identity import patient_of
from settlement.services.outpatient.bills import begin_bill
from settlement.services.outpatient.information import InformationGiven, inform
from settlement.services.outpatient.registration import begin_outpatient
from settlement.services.pharmacy import begin_purchase
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.settle import settle
from settlement.services.visits import Patient
from tests.api.retrying import Body, Call, World, post
from tests.journal.test_transitions import take
from tests.settlement.outpatients import COUGH, seen_in
from tests.settlement.settling_desk import line
from tests.settlement.test_outpatient_rest import LINES, SEEN_IN

#: A resident identity number without its check digit.
FIRST = "15010219800229001"
FIGURES = {"total": "10.00", "fund": "6.00", "account": "1.00", "cash": "3.00"}
DOCUMENT = FIRST + check_digit(FIRST)


def identified(world: World) -> Identification:
    """Somebody whom the centre has named."""
    number = f"P{world.number('person'):010}"
    insurance = {"insutype": "310", "insuplc_admdvs": "140200", "psn_type": "11", "psn_insu_stas": "1"}
    person = {"psn_no": number, "psn_name": "沐样例", "certno": DOCUMENT, "psn_cert_type": "01", "gend": "1"}
    return Identification.objects.create(
        environment="test",
        way="identity",
        certificate=Certificate("02", DOCUMENT, paper="01", document=DOCUMENT, name="沐样例").wire(),
        certificate_type="02",
        med_type="11",
        state="known",
        person_no=number,
        name_masked="沐**",
        insurance="310",
        insured_at="140200",
        answer={"baseinfo": person, "insuinfo": [insurance], "idetinfo": []},
    )


def patient(world: World) -> Patient:
    return patient_of(identified(world))


def there(visit: Visit, state: str = "open", **changes: Any) -> Visit:
    """The visit as the centre has it; nothing about it is under way."""
    known = {"mdtrt_id": f"M{visit.number}", "registered_at": timezone.now(), "operation": None}
    Visit.objects.filter(pk=visit.pk).update(state=state, **{**known, **changes})
    return Visit.objects.get(pk=visit.pk)


def did(operation: Operation) -> None:
    """The centre carried it out."""
    for state in (State.SENDING, State.DONE):
        take(operation, state, ())
    handler_of(operation).applied(operation, None)


# --- purchases


def purchase(world: World) -> Visit:
    return begin_purchase(patient(world), [line()], by=world.alice)


def previewed(world: World, visit: Visit, bill: Bill | None = None) -> Settlement:
    """What the centre would pay was shown."""
    shown = ask_preview(visit, bill, by=world.alice)
    amounts = {name: Decimal(value) for name, value in FIGURES.items()}
    answered = {"state": "preview", "previewed_at": timezone.now(), "shown": FIGURES}
    Settlement.objects.filter(pk=shown.pk).update(**answered, **amounts)
    shown.refresh_from_db()
    return shown


def paid(world: World, visit: Visit, bill: Bill | None = None) -> Settlement:
    """A settlement that stands."""
    shown = previewed(world, visit, bill)
    known = {"state": "done", "setl_id": f"S{shown.number}", "settled_at": timezone.now()}
    Settlement.objects.filter(pk=shown.pk).update(**known)
    Visit.objects.filter(pk=visit.pk).update(state="settled", mdtrt_id=f"M{visit.number}")
    Bill.objects.filter(visit=visit).update(state="settled")
    FeeLine.objects.filter(visit=visit).update(state="settled", settled_by=shown.pk)
    return shown


@post("settlement/identifications")
def identify(world: World) -> Call:
    return ({"way": "identity", "identity": DOCUMENT, "name": "沐样例"},)


@post("settlement/control-media")
def keep_medium(world: World) -> Call:
    return ({"obtained_for": "2207A", "kind": "outpatient", "about": "MZ1", "medium": "medium-of-the-control"},)


@post("settlement/purchases")
def buy(world: World) -> Call:
    return ({"identification": str(identified(world).pk), "lines": LINES},)


@post("settlement/purchases/{visit_id}/drops")
def drop_purchase(world: World) -> Call:
    return {}, purchase(world).pk


@post("settlement/visits/{visit_id}/previews")
def preview(world: World) -> Call:
    return {}, purchase(world).pk


@post("settlement/settlements/{settlement_id}/settlement")
def settle_preview(world: World) -> Call:
    return {"invoice": "FP1"}, previewed(world, purchase(world)).pk


@post("settlement/settlements/{settlement_id}/cancellations")
def undo(world: World) -> Call:
    return {}, paid(world, purchase(world)).pk


@post("settlement/settlements/{settlement_id}/reversals", who="alice")
def reverse(world: World) -> Call:
    shown = previewed(world, purchase(world))
    operation = settle(shown, by=world.alice)
    Operation.objects.filter(pk=operation.pk).update(state=State.SENDING, attempts=1, version=F("version") + 1)
    sent = {
        "gateway": operation.gateway,
        "environment": "test",
        "kind": operation.kind,
        "msgid": f"H{world.number():029}",
    }
    Attempt.objects.create(operation=operation, **sent)
    for state in (State.IN_DOUBT, State.RESOLVING):
        take(operation, state, ())
    return {"reason": "查询不到结果"}, shown.pk


# --- outpatients


def registered(world: World) -> Visit:
    return there(begin_outpatient(patient(world), seen_in(), by=world.alice))


def informed(world: World) -> Visit:
    """The centre has the diagnoses."""
    visit = registered(world)
    operation = inform(visit, InformationGiven(visit.med_type), [COUGH], by=world.alice)
    assert operation is not None
    did(operation)
    return Visit.objects.get(pk=visit.pk)


def bill(world: World, state: str = "draft", visit: Visit | None = None) -> Bill:
    made = begin_bill(visit or informed(world), [line()], by=world.alice)
    Bill.objects.filter(pk=made.pk).update(state=state)
    FeeLine.objects.filter(bill=made).update(state=state if state in ("sent", "removed") else "draft")
    return Bill.objects.select_related("visit").get(pk=made.pk)


@post("settlement/outpatient-visits")
def see(world: World) -> Call:
    return ({"identification": str(identified(world).pk), **SEEN_IN},)


@post("settlement/outpatient-visits/{visit_id}/registrations")
def register(world: World) -> Call:
    return {}, begin_outpatient(patient(world), seen_in(), by=world.alice).pk


@post("settlement/outpatient-visits/{visit_id}/registration-cancellations")
def unregister(world: World) -> Call:
    return {}, registered(world).pk


@post("settlement/outpatient-visits/{visit_id}/diagnoses")
def diagnose(world: World) -> Call:
    return {"diagnoses": [{"code": "J06.900", "name": "急性上呼吸道感染"}]}, registered(world).pk


@post("settlement/outpatient-visits/{visit_id}/bills")
def charge(world: World) -> Call:
    return {"lines": LINES}, informed(world).pk


@post("settlement/outpatient-visits/{visit_id}/bill-cancellations")
def remove_all(world: World) -> Call:
    return {}, bill(world, "sent").visit.pk


@post("settlement/bills/{bill_id}/lines")
def change_bill(world: World) -> Call:
    body: Body = {"lines": [{**LINES[0], "quantity": "2"}]}
    return body, bill(world).pk


@post("settlement/bills/{bill_id}/drops")
def drop_bill(world: World) -> Call:
    return {}, bill(world).pk


@post("settlement/bills/{bill_id}/uploads")
def send_bill(world: World) -> Call:
    return {}, bill(world).pk


@post("settlement/bills/{bill_id}/cancellations")
def remove_bill(world: World) -> Call:
    return {}, bill(world, "sent").pk


@post("settlement/bills/{bill_id}/corrections")
def correct_bill(world: World) -> Call:
    return {}, bill(world, "removed").pk


@post("settlement/bills/{bill_id}/preview")
def preview_bill(world: World) -> Call:
    return {}, bill(world, "sent").pk


@post("settlement/bills/{bill_id}/settlement")
def settle_bill(world: World) -> Call:
    sent = bill(world, "sent")
    return {"preview": str(previewed(world, sent.visit, sent).pk), "invoice": "FP1"}, sent.pk
