"""A key that a business broke is found before the commit would find it, whichever end of it was changed."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from injury.models import FeeItem
from portal.gateway.journal.moves import SUSPECTS, check_keys_now
from tests.injury.fees import make_admission
from tests.injury.upload_desk import an_item


@pytest.fixture
def item(in_hospital_a):
    made = an_item(make_admission(), 1, Decimal(1))
    made.save()
    check_keys_now()
    return made


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE injury_feeitem SET refunds_id = %(nobody)s WHERE id = %(item)s", "injury_feeitem_refunds_id"),
        ("DELETE FROM injury_admission WHERE id = %(admission)s", "injury_feeitem_admission_id"),
    ],
)
def test_a_broken_key_is_found(item, statement, broken):
    def business():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"nobody": uuid4(), "item": item.pk, "admission": item.admission_id})
            check_keys_now()

    with pytest.raises(IntegrityError, match=broken):
        business()
    assert FeeItem.objects.filter(pk=item.pk).exists()


def test_only_what_was_touched_is_looked_at(item):
    with connection.cursor() as cursor:
        cursor.execute(SUSPECTS)
        names = cursor.fetchone()[0].split(", ")
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferred")
        everything = cursor.fetchone()[0]
    assert "injury_feeitem_admission_id_own" in names
    assert len(names) < everything / 10
