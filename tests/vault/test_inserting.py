"""Thousands of rows in one statement: each is stored as save() would have stored it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from injury.models import Admission, FeeItem
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
