"""Thousands of rows in one statement: each is stored as save() would have stored it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from injury.models import Admission, FeeItem
from portal.vault.behind import behind
from portal.vault.inserting import insert_columns, insert_rows
from tests.injury.fees import IDENTITY, make_admission
from tests.injury.upload_desk import an_item

ODD = "引号 ' \" 反斜杠 \\ 花括号 {a,b} 百分号 %s 换行\n制表\t"


def copied(admission: Admission, number: str) -> Admission:
    values = {field.attname: getattr(admission, field.attname) for field in Admission._meta.concrete_fields}
    del values["id"]
    return Admission(**values | {"number": number, "identity": IDENTITY, "name": ODD})


def test_sealed_and_odd_values_come_back(in_hospital_a):
    first = make_admission("ZY1")
    insert_rows([copied(first, number) for number in ("ZY2", "ZY3")])
    for one in Admission.objects.filter(number__in=["ZY2", "ZY3"]):
        assert (one.identity.reveal(), one.name.reveal()) == (IDENTITY, ODD)
        assert one.admitted_on == first.admitted_on


def test_null_texts_and_amounts_come_back(in_hospital_a):
    admission = make_admission()
    charge = an_item(admission, 1, Decimal("0.0001"), remark=ODD, is_rescue=True)
    refund = an_item(admission, 2, Decimal("12.5"), refunds=charge, remark="")
    charge.arrived_at = refund.arrived_at = timezone.now()
    insert_rows([charge, refund])
    first, second = FeeItem.objects.order_by("line_id")
    assert (first.remark, first.price, first.is_rescue, first.refunds) == (ODD, Decimal("0.0001"), True, None)
    assert (second.remark, second.is_rescue, second.refunds) == ("", False, first)
    assert (first.prescribed_on, first.arrived_at) == (charge.prescribed_on, charge.arrived_at)


def test_columns_want_their_names_and_nothing_sealed(in_hospital_a):
    with pytest.raises(TypeError, match="sealed"):
        insert_columns(Admission, 1)
    with pytest.raises(TypeError, match="no columns nobody"):
        insert_columns(FeeItem, 1, nobody=1)


#: What an array of the database would read otherwise; none needs a backslash in JSON.
PLAIN = ["", "NULL", "null", "{}", "a,b", " x ", "换药", "'", "%s", "{换,药}"]


def test_texts_without_backslashes_come_back(in_hospital_a):
    admission = make_admission()
    items = [an_item(admission, number, Decimal(1), remark=text) for number, text in enumerate(PLAIN)]
    for item in items:
        item.arrived_at = timezone.now()
    insert_rows(items)
    assert list(FeeItem.objects.order_by("line_id").values_list("remark", flat=True)) == PLAIN


def test_the_database_goes_on_behind_us(in_hospital_a):
    """In order, in the same transaction, and nothing is left behind at the end."""
    admission = make_admission()
    with behind() as run:
        for number in range(3):
            item = an_item(admission, number, Decimal(1))
            item.arrived_at = timezone.now()
            insert_rows([item], run=run)
        counted = run("UPDATE injury_feeitem SET remark = 'x' WHERE admission_id = %s", [admission.pk])
    assert counted.result() == 3
    assert list(FeeItem.objects.values_list("remark", flat=True)) == ["x"] * 3


def test_what_fails_behind_us_is_told_as_ever(in_hospital_a):
    admission = make_admission()
    twice = [an_item(admission, 1, Decimal(1)) for _ in range(2)]

    def insert_twice():
        with transaction.atomic(), behind() as run:
            for item in twice:
                item.arrived_at = timezone.now()
                insert_rows([item], run=run)
            run("SELECT 1")  # of a transaction that has failed: the first failure is the one to be told

    with pytest.raises(IntegrityError, match="one_fee_item_a_line"):
        insert_twice()
    assert not FeeItem.objects.exists()


def test_what_fails_before_our_eyes_waits_for_what_is_behind(in_hospital_a):
    given = []

    def stumble():
        with transaction.atomic(), behind() as run:
            given.append(run("SELECT pg_sleep(0.2)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert given[0].done()
    assert not connection.needs_rollback


def test_statements_behind_us_belong_to_a_transaction():
    with pytest.raises(RuntimeError, match="transaction"), behind():
        pass
