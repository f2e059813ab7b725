"""Recharges, refunds, unified charges and cards through a bridge and the sandbox's library, over the real wire."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.utils.timezone import localdate

from portal.gateway.journal import State
from portal.gateway.journal.invariants import Truth, check_everything
from portal.ledger.facts import Span
from settlement.ledger.onetrans import entries
from settlement.models import CashierCharge, ChargeState, RechargeState, Refund, RefundState
from settlement.services.cards.authorising import begin_authorisation, look_again
from settlement.services.cards.reading import person_read, read_card
from settlement.services.cashier.cancelling import Cancelled, cancel
from settlement.services.cashier.charging import Payer, charge
from settlement.services.cashier.checking import start_check
from settlement.services.cashier.refunding import Return, refund, refund_again
from settlement.services.refusals import Refused
from tests.settlement.cashier_desk import PARTY, open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


def test_the_whole_day_at_a_desk(cashier):
    """Read a card, recharge, refund in parts, charge as one, cancel; both ledgers say the same."""
    known = cashier.sandbox.act("onetrans", "people", party=PARTY, kind="employee", limit=1)["people"][0]
    cashier.sandbox.act("onetrans", "card", party=PARTY, psn_no=known["psn_no"], kind="social")
    with cashier.door():
        reading = read_card("card", desk=cashier.desk, by=cashier.by)
        with pytest.raises(Refused, match="正在读卡"):
            read_card("card", desk=cashier.desk, by=cashier.by)
    cashier.run_jobs()
    reading = cashier.again(reading)
    with cashier.door():
        person = person_read(reading)
    assert person
    assert person.document == known["certno"]
    assert "*" in reading.document_masked

    paid = cashier.paid("100.00")
    assert (paid.state, paid.refundable) == (RechargeState.PAID, Decimal("100.00"))
    assert paid.trace_no
    assert paid.paid_at
    assert paid.msgid
    first = cashier.refund(paid, "30.00")
    cashier.carry()
    first, paid = cashier.again(first), cashier.again(paid)
    assert (first.state, paid.held) == (RefundState.REFUNDED, Decimal("30.00"))
    with pytest.raises(Refused, match=r"最多可退 70\.00 元"), cashier.door():
        refund(paid, Return(Decimal("70.01"), "0", "direct", "病人申请"), desk=cashier.desk, by=cashier.by)

    payer = Payer("01", person.name, person.document, "AE1", person_no=person.person_no, **insured(person))
    with cashier.door():
        charged = charge(payer, desk=cashier.desk, by=cashier.by)
    cashier.carry()
    charged = cashier.again(charged)
    assert charged.state == ChargeState.CHARGED
    assert charged.orders
    state = cashier.truth()["state"][PARTY]["charges"]
    order = charged.orders[0]
    mdtrt_id = (
        next(one for one in state if one["order"] == order)["mdtrt_id"] if isinstance(state, list) else f"V{order}"
    )
    with cashier.door():
        operation = cancel(charged, Cancelled(mdtrt_id, order, "开错"), desk=cashier.desk, by=cashier.by)
    cashier.approve(operation)
    cashier.carry()
    charged = cashier.again(charged)
    assert charged.state == ChargeState.CANCELLED
    assert charged.total
    assert charged.reply

    with cashier.door():
        start_check("test", localdate(paid.paid_at), by=cashier.by)
    cashier.run_jobs()
    assert cashier.again(paid).told["standing"] == "done"
    assert cashier.again(paid).told["amount"] == "100.00"
    with cashier.door():
        told = list(entries(Span.of_day("test", localdate(paid.paid_at))))
    assert sum(one.total for one in told) == Decimal("70.00")
    assert {one.standing for one in told} == {"settled"}
    assert agree(cashier) == []


def insured(person):
    return {"insurance": person.insurance, "insured_at": person.insurances[0].insured_at}


def agree(cashier):
    told = cashier.truth()
    return [str(one) for one in check_everything([Truth("onetrans", "test", tuple(told["effects"]), told["state"])])]


def test_what_came_to_nothing_keeps_its_number(cashier):
    """fail: rejected; the same refund again goes under the same number, and another one for it is refused."""
    cashier.options(refund="fails_once")
    paid = cashier.paid("50.00")
    made = cashier.refund(paid, "50.00")
    cashier.carry()
    made = cashier.again(made)
    assert (made.state, made.operation.state) == (RefundState.REJECTED, State.REJECTED)
    assert cashier.again(paid).held == 0
    with pytest.raises(Refused, match="在那一笔上重新提交"):
        cashier.refund(paid, "50.00")
    number = made.number
    with cashier.door():
        operation = refund_again(made, by=cashier.by)
    cashier.approve(operation)
    cashier.carry()
    made = cashier.again(made)
    assert (made.state, made.number, made.submitted) == (RefundState.REFUNDED, number, 2)
    assert {one["business_key"] for one in cashier.effects("hop.trade.refund")} == {number}
    assert agree(cashier) == []


@pytest.mark.parametrize("fault", ["hang", "drop_response"])
def test_a_lost_answer_is_found_by_query(cashier, fault):
    """The library hangs and is killed, or returns nothing sensible: the query says that the money is there."""
    cashier.sandbox.switch_on(fault, codes=["hop.trade.recharge"], count=1)
    made = cashier.recharge("12.00")
    cashier.carry(rounds=1, looks=0)
    assert cashier.again(made).is_doubtful
    cashier.carry()
    made = cashier.again(made)
    assert (made.state, made.operation.attempts) == (RechargeState.PAID, 1)
    assert "hop.trade.query" in str([row["kind"] for row in evidence(cashier, made)])
    assert len(cashier.effects("hop.trade.recharge")) == 1


def evidence(cashier, row):
    with cashier.door():
        return [asked for one in row.operation.evidence_rows.all() for asked in one.asked]


def test_what_never_arrived_is_sent_again_after_two_looks(cashier):
    cashier.sandbox.switch_on("drop_request", codes=["hop.trade.recharge"], count=1)
    made = cashier.recharge("12.00")
    cashier.carry(rounds=1, looks=0)
    cashier.carry(rounds=1, looks=1)
    assert cashier.again(made).is_doubtful, "one notfound proves nothing"
    cashier.carry()
    made = cashier.again(made)
    assert (made.state, made.operation.attempts) == (RechargeState.PAID, 2)
    assert [one["business_key"] for one in cashier.effects("hop.trade.recharge")] == [made.number]


def test_two_at_once_never_get_more_than_was_paid(cashier):
    paid = cashier.paid("100.00")
    said: list[object] = []

    def ask() -> None:
        try:
            with cashier.door():
                wanted = Return(Decimal("60.00"), "1", "hisDecide", "病人申请")
                said.append(refund(paid, wanted, desk=cashier.desk, by=cashier.by))
        except Refused as refusal:
            said.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert [isinstance(one, Refund) for one in said].count(True) == 1
    with pytest.raises(Exception, match="recharge_not_over_refunded"), cashier.door(), connection.cursor() as cursor:
        cursor.execute("UPDATE settlement_recharge SET held = 100.01 WHERE id = %s", [paid.pk])


def test_names_that_gbk_does_not_have_are_refused_before_the_call(cashier):
    account = cashier.account(name="张𬱖")
    with pytest.raises(Refused, match="GBK"):
        cashier.recharge("1.00", account)
    assert not cashier.effects("hop.trade.recharge")


def test_an_owner_grants_a_health_card(cashier):
    cashier.options(authorizes_after=1)
    with cashier.door():
        grant = begin_authorisation("0101051", desk=cashier.desk, by=cashier.by)
    cashier.run_jobs()
    grant = cashier.again(grant)
    assert grant.state == "waiting"
    assert grant.address
    for _ in range(2):
        with cashier.door():
            type(grant).objects.filter(pk=grant.pk).update(looked_at=None)
            look_again(cashier_again(grant), by=cashier.by)
        cashier.run_jobs()
    grant = cashier.again(grant)
    assert (grant.state, grant.address) == ("granted", None)
    assert grant.name_masked
    assert grant.document_masked


def cashier_again(grant):
    return type(grant).objects.get(pk=grant.pk)


def test_a_charge_is_taken_back_only_with_its_numbers(cashier):
    with cashier.door():
        row = CashierCharge(environment="test", desk=cashier.desk.pk, number="SF1", patient_type="00", content={})
        row.name_masked = row.document_masked = "*"
        row.state = ChargeState.CHARGED
        row.save()
        with pytest.raises(Refused) as refused:
            cancel(row, Cancelled("", "", ""), desk=cashier.desk, by=cashier.by)
    assert {field for field, _ in refused.value.faults} == {"mdtrt_id", "setl_id", "reason", "person_no"}
