"""POSTs of a desk: itself, the cards read there, and the cashier's window. No bridge is asked: that is a job's."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from portal.gateway.journal import State
from portal.gateway.journal.handlers import handler_of
from portal.gateway.models import Desk
from settlement.models import CardReading, CashierCharge, HealthCardAuth, Recharge
from settlement.services.cashier.accounts import Holder, open_account
from settlement.services.cashier.charging import Payer
from settlement.services.cashier.charging import charge as begin_charge
from settlement.services.cashier.recharging import Payment, recharge
from settlement.services.cashier.refunding import Return, refund
from tests.api.posts.portal import NOWHERE
from tests.api.posts.visits import DOCUMENT
from tests.api.retrying import Body, Call, World, post
from tests.journal.test_transitions import take

CARD: Body = {"card_type": "03", "patient_id": "P7", "name": "乙患者"}
PAYER: Body = {"patient_type": "00", "name": "乙患者", "document": DOCUMENT, "card_no": "C8"}


def desk(world: World) -> Desk:
    """One that somebody's library runs at."""
    number = world.number("desk")
    known = {"name": f"{number}号窗口", "address": NOWHERE, "term_no": "T1"}
    return Desk.objects.create(environment="test", token="t" * 40, **known)


def at(world: World) -> Body:
    return {"desk": str(desk(world).pk)}


def paid(world: World) -> Recharge:
    """A recharge that was paid."""
    number = world.number("card")
    account = open_account(Holder(card_no=f"C{number:08}", **CARD), by=world.alice)
    made = recharge(account, Payment(Decimal("100.00")), desk=desk(world), by=world.alice)
    Recharge.objects.filter(pk=made.pk).update(state="paid", trace_no=f"T{number}", paid_at=timezone.now())
    made.refresh_from_db()
    return made


@post("desks/", who="dora")
def register(world: World) -> Call:
    return ({"name": "收费一号", "address": NOWHERE, "is_active": True},)


@post("desks/{desk_id}/changes", who="dora")
def change(world: World) -> Call:
    return {"name": "收费二号"}, desk(world).pk


# --- cards


@post("settlement/readings")
def read(world: World) -> Call:
    return ({"way": "reader", "business_type": "01301", **at(world)},)


@post("settlement/readings/{reading_id}/identifications")
def identify(world: World) -> Call:
    person = {"name": "沐样例", "document": DOCUMENT, "certificate_type": "02"}
    known = {"environment": "test", "desk": desk(world).pk, "way": "identity", "state": "known"}
    return {}, CardReading.objects.create(**known, answer={"person": person}).pk


@post("settlement/pin-checks")
def check_pin(world: World) -> Call:
    return (at(world),)


@post("settlement/pin-changes")
def change_pin(world: World) -> Call:
    return (at(world),)


@post("settlement/health-card-grants")
def ask_grant(world: World) -> Call:
    return ({"treatment_code": "010101", **at(world)},)


@post("settlement/health-card-grants/{grant_id}/looks")
def look_at_grant(world: World) -> Call:
    known = {"environment": "test", "desk": desk(world).pk, "treatment_code": "010101", "state": "waiting"}
    until = timezone.now() + timedelta(minutes=5)
    return {}, HealthCardAuth.objects.create(**known, number=f"SQ{world.number()}", expires_at=until).pk


# --- money


@post("settlement/recharges")
def pay_in(world: World) -> Call:
    return ({**CARD, "card_no": f"C7{world.number('payer')}", "amount": "20.00", **at(world)},)


@post("settlement/recharges/{recharge_id}/refunds")
def give_back(world: World) -> Call:
    return {"amount": "20.00", "reason": "病人申请", **at(world)}, paid(world).pk


@post("settlement/refunds/{refund_id}/submissions")
def give_back_again(world: World) -> Call:
    source = paid(world)
    back = Return(Decimal("20.00"), "1", "hisDecide", "病人申请")
    made = refund(source, back, desk=desk(world), by=world.alice)
    assert made.operation is not None
    take(made.operation, State.REFUSED, ())
    handler_of(made.operation).withdrawn(made.operation)
    return {}, made.pk


@post("settlement/cashier-charges")
def charge(world: World) -> Call:
    return ({**PAYER, "card_no": f"C8{world.number('payer')}", **at(world)},)


@post("settlement/cashier-charges/{charge_id}/cancellations")
def cancel(world: World) -> Call:
    made = begin_charge(Payer(**PAYER), desk=desk(world), by=world.alice)
    CashierCharge.objects.filter(pk=made.pk).update(state="charged")
    told = {"mdtrt_id": "M1", "setl_id": "S1", "person_no": "P1", "reason": "病人申请"}
    return {**told, **at(world)}, made.pk
