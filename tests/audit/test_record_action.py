from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from portal.access.door import ClosedDoor, platform_tx, tenant_tx
from portal.access.models import Membership
from portal.audit import Sensitive, record, record_into, record_platform
from portal.audit.models import Event, Head
from portal.vault import Sealed


def last(institution) -> Event:
    with tenant_tx(institution.pk):
        return Event.objects.filter(chain=institution.pk).latest("seq")


def test_it_reads_as_a_sentence(hospital_a, alice_member, paid):
    with tenant_tx(hospital_a.pk):
        record(paid, hospital_a, by=alice_member, amount=Decimal("1200.50"), payee="乙药店")
    event = last(hospital_a)
    assert event.sentence == "支付 1200.50 元给 乙药店"
    assert (event.actor_name, event.role_labels, event.address) == ("经办甲", "经办", "127.0.0.1")
    assert event.object_label == "演示医院甲"
    assert event.actor == str(alice_member.user.pk)
    assert event.content["institution"] == hospital_a.code
    assert event.content["request"] == "test"


def test_it_keeps_fields_before_and_after(hospital_a, declare):
    changed = declare("test.level.changed", "修改 {institution}：{changes}")
    with tenant_tx(hospital_a.pk):
        record(changed, hospital_a, by=None, changes={"level": ("三级甲等", None), "four_eyes": (True, False)})
    event = last(hospital_a)
    assert event.sentence == "修改 演示医院甲：双人复核：是 → 否；医院等级：三级甲等 → 空"
    assert event.actor_name == "系统"


def test_it_demands_every_detail_of_the_sentence(in_hospital_a, paid):
    with pytest.raises(TypeError, match="payee"):
        record(paid, by=None, amount=1)


def test_it_keeps_sensitive_values_as_keyed_hashes_only(in_hospital_a, paid):
    for _ in range(2):
        record(paid, by=None, amount=Sensitive("110101199003070000"), payee=Sealed("private"))
    one, two = Event.objects.filter(action=paid.name)
    assert "110101199003070000" not in one.body
    assert "private" not in one.body
    assert one.content["details"]["amount"] == two.content["details"]["amount"]  # recognisable, not readable
    assert "已加密留痕" in one.sentence


def test_it_takes_what_services_have_at_hand(hospital_a, alice_member, paid):
    with tenant_tx(hospital_a.pk):
        membership = Membership.objects.get()
        when = datetime(2026, 4, 26, 8, 0, tzinfo=ZoneInfo("UTC"))
        record(paid, by=None, amount=when, payee=membership, list=[1, {"a": Decimal("0.10")}], nothing=None)
    details = last(hospital_a).content["details"]
    assert details["amount"] == "2026-04-26T16:00:00+08:00"
    assert details["payee"]["label"] == str(membership)
    assert details["list"] == [1, {"a": "0.10"}]


@pytest.mark.parametrize("value", [b"bytes", object(), 1.5])
def test_it_refuses_what_has_no_exact_text(in_hospital_a, paid, value):
    with pytest.raises(TypeError, match="cannot be recorded"):
        record(paid, by=None, amount=value, payee="x")


@pytest.mark.parametrize("text", ["a\0b", "\u202e䶮㛃𬱖", "\ud800", "x" * 9000, '"},{"action":"forged"'])
def test_it_survives_any_text(in_hospital_a, paid, text):
    record(paid, by=None, amount=1, payee=text)
    event = Event.objects.latest("seq")
    assert event.action == paid.name
    assert len(event.body) < 3000


def test_it_happens_only_if_the_rest_does(hospital_a, paid):
    def fail(amount):
        record(paid, by=None, amount=amount, payee="x")
        raise RuntimeError

    with pytest.raises(RuntimeError), tenant_tx(hospital_a.pk):
        fail(1)
    with tenant_tx(hospital_a.pk):
        with pytest.raises(RuntimeError), transaction.atomic():
            fail(2)
        record(paid, by=None, amount=3, payee="x")
    with tenant_tx(hospital_a.pk):
        assert [event.content["details"]["amount"] for event in Event.objects.all()] == [3]


def test_it_needs_an_open_door(db, paid):
    with pytest.raises(ClosedDoor):
        record(paid, by=None, amount=1, payee="x")


def test_it_records_the_platform_from_either_side_and_from_outside(hospital_a, paid):
    record_platform(paid, by=None, amount=1, payee="outside")
    with tenant_tx(hospital_a.pk):
        record_platform(paid, by=None, amount=2, payee="institution")
    with platform_tx():
        record_platform(paid, by=None, amount=3, payee="platform")
        assert [event.content["details"]["amount"] for event in Event.objects.order_by("seq")] == [1, 2, 3]
    with tenant_tx(hospital_a.pk):
        assert not Event.objects.exists()


def test_it_lets_the_platform_write_into_an_institutions_chain(hospital_a, hospital_b, paid):
    record_into(hospital_a.pk, paid, by=None, amount=1, payee="应急查看")
    assert last(hospital_a).sentence == "支付 1 元给 应急查看"
    with tenant_tx(hospital_b.pk):
        assert not Event.objects.exists()
    with tenant_tx(hospital_b.pk), pytest.raises(ClosedDoor):
        record_into(hospital_a.pk, paid, by=None, amount=1, payee="x")


def test_it_shows_each_side_its_own_chain_only(hospital_a, hospital_b, write):
    write(hospital_a, 2)
    write(hospital_b, 3)
    with tenant_tx(hospital_a.pk):
        assert set(Event.objects.values_list("chain", flat=True)) == {hospital_a.pk}
        assert [(head.chain, head.seq) for head in Head.objects.all()] == [(hospital_a.pk, 2)]
    with platform_tx():
        assert set(Event.objects.values_list("chain", flat=True)) <= {0}
        assert Head.objects.get(chain=hospital_b.pk).seq == 3
    with pytest.raises(DatabaseError, match="no institution set"):
        list(Event.objects.all())


def test_it_still_reads_actions_that_no_longer_exist(hospital_a, declare):
    gone = declare("test.gone.done", "曾经 {what}")
    with tenant_tx(hospital_a.pk):
        record(gone, by=None, what="有过")
    from portal.audit.registry import _declared

    del _declared["test.gone.done"]
    assert last(hospital_a).sentence == "test.gone.done what=有过"
