"""Rows are written quicker than REST framework does it, and the same."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework import serializers

from clearing.api.serializers import RowSerializer
from clearing.models import ClearingRow
from portal.access.models import Institution, User
from portal.api.reading import ReadSerializer

FINDING = {"rule": "r", "field": "disburse", "title": "不等", "ours": "1.00", "theirs": "2.00", "difference": "-1.00"}
FULL: dict[str, Any] = {
    "row_id": "R1",
    "environment": "production",
    "year": 2025,
    "insurance": "001",
    "agency": "003",
    "provider_name": "䶮㛃医院",
    "visit_count": 12,
    "score": Decimal("95.5"),
    "disburse": Decimal("-1234.5"),
    "medical_fee": Decimal("123456789012.34"),
    "findings": [FINDING],
    "fetched_at": datetime(2026, 1, 5, 0, 30, 1, 5, tzinfo=UTC),
    "state": "verified",
    "verified_as": "核对甲",
}
EMPTY: dict[str, Any] = {
    "score": None,
    "findings": [],
    "fetched_at": datetime(2026, 7, 1, tzinfo=UTC),
    "verified_at": None,
}


def expected(row):
    return serializers.ModelSerializer.to_representation(RowSerializer(), row)


@pytest.mark.parametrize("fields", [FULL, EMPTY])
def test_a_row_reads_as_rest_framework_writes_it(fields):
    row = ClearingRow(institution=Institution(code="H1"), **fields)
    assert dict(RowSerializer(row).data) == dict(expected(row))
    assert list(RowSerializer(row).data) == RowSerializer.Meta.fields


@pytest.mark.parametrize("fields", [FULL, EMPTY])
def test_a_list_reads_columns_only_and_the_same(fields):
    row = ClearingRow(institution=Institution(code="H1"), **fields)
    values = {name: getattr(row, name) for name in RowSerializer.columns()}
    listed: Any = RowSerializer([values], many=True).data  # type: ignore[list-item]  # columns instead of a row
    assert listed == [expected(row)]
    assert values["id"] == row.pk  # what came from the database is left alone


class PersonSerializer(ReadSerializer[User]):
    called = serializers.CharField(source="full_name")
    staff = serializers.BooleanField(source="is_staff")

    class Meta:
        model = User
        fields = ["id", "username", "called", "staff", "managed_by", "password_set_at"]


def test_what_is_no_column_is_read_off_the_row():
    person = User(id=3, username="alice", full_name="经办甲", managed_by=Institution(pk=7))
    assert PersonSerializer.columns() == ()
    assert PersonSerializer(person).data == serializers.ModelSerializer.to_representation(PersonSerializer(), person)
    assert PersonSerializer(person).data["managed_by"] == 7
