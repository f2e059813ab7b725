"""A PIN is typed by its owner at the reader: the portal hears only whether it was right, or has been changed."""

import uuid

import pytest
from django.urls import reverse

from portal.audit.models import Event
from portal.gateway.journal import Operation, State
from portal.jobs import Job
from settlement.services.cards.pins import change_pin, check_pin
from settlement.services.refusals import Refused
from tests.settlement.cashier_desk import PARTY, open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


def test_it_is_checked_and_changed(cashier, alice, charlie):
    person = cashier.sandbox.act("onetrans", "people", party=PARTY, kind="employee", limit=1)["people"][0]

    def card(pin):
        cashier.sandbox.act("onetrans", "card", party=PARTY, psn_no=person["psn_no"], kind="social", pin=pin)

    page, desk = reverse("settlement:card-pin"), {"desk": str(cashier.desk.pk)}
    for pin, word in (("right", "密码正确"), ("locked", "密码输错六次，卡片已锁定")):
        card(pin)
        assert alice.post(page, {**desk, "act": "check"}).url == page
        with cashier.door(), pytest.raises(Refused, match="正在校验密码"):
            check_pin(desk=cashier.desk, by=cashier.by)
        assert "请持卡人输入" in alice.get(page).content.decode()
        cashier.run_jobs()
        assert word in alice.get(page).content.decode()

    states = []
    for pin, fault in (("right", ""), ("wrong", ""), ("right", "hang")):
        card(pin)
        if fault:
            cashier.sandbox.switch_on(fault, codes=["ChangePIN"], count=1)
        assert alice.post(page, {**desk, "act": "change"}).url == page
        with cashier.door(), pytest.raises(Refused, match="正在修改密码"):
            change_pin(desk=cashier.desk, by=cashier.by)
        cashier.carry()
        with cashier.door():
            newest = Operation.objects.order_by("-created_at").first()
            assert newest is not None
            states.append((newest.state, newest.message))
    assert [one for one, _ in states] == [State.DONE, State.REJECTED, State.MANUAL]
    assert "密码错误" in states[1][1]
    assert "用新密码校验一次" in states[2][1], "no window opens again by itself"
    assert cashier.truth()["state"][PARTY]["changed_pins"] == 2
    shown = alice.get(page).content.decode()
    assert "被接口拒绝" in shown
    assert "人工处理" in shown
    assert "修改社保卡密码" not in charlie.get(reverse("settlement:card-pin-state")).content.decode()

    with cashier.door():
        said = list(Event.objects.filter(action="settlement.card.pin").order_by("seq").values_list("body", flat=True))
    assert ["修改社保卡密码" in one for one in said] == [False] * 2 + [True] * 3
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    address = reverse("api:settlement-api:pin-checks")
    twice = [alice.post(address, desk, content_type="application/json", **key) for _ in range(2)]
    assert [one.status_code for one in twice] == [202, 202]
    with cashier.door():
        assert Job.objects.filter(kind="settlement.card.pin").count() == 3
    changed = alice.post(
        reverse("api:settlement-api:pin-changes"),
        desk,
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()),
    )
    assert (changed.status_code, changed.json()["state"]) == (202, "queued")
