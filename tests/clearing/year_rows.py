"""Rows of a clearing year straight into the tables, for pages that only read them. Inside an open door."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from clearing.models import ClearingRow, Generation, GenerationState

REGIONS = ("140212", "140213", "140214", "140215", "140221", "140224", "140299")
KINDS = ("fund_due_is_monthly_sum", "disbursement_adds_up", "deposit_refund_follows_score")


def make_generation(year: int = 2025, insurance: str = "001", agency: str = "", **fields: Any) -> Generation:
    """A batch that was fetched, unless told otherwise."""
    given = {"state": GenerationState.READY, "batch_no": f"B{year}{insurance}{agency}", "fetched_at": timezone.now()}
    return Generation.objects.create(
        environment="test", year=year, insurance=insurance, agency=agency, **{**given, **fields}
    )


def finding(rule: str) -> dict[str, str]:
    return {"rule": rule, "title": rule, "field": "拨付金额", "ours": "1.00", "theirs": "2.00", "difference": "1.00"}


def make_rows(generation: Generation, count: int, *, broken: int = 0, agency: str = "", **fields: Any) -> None:
    """`count` rows of 100.00 yuan each, spread over the regions; the first `broken` of them have a difference."""
    first = ClearingRow.objects.count()
    zero, hundred = Decimal("0.00"), Decimal("100.00")
    ClearingRow.objects.bulk_create(
        ClearingRow(
            environment="test",
            year=generation.year,
            insurance=generation.insurance,
            agency=agency or generation.agency or "003",
            generation=generation,
            row_id=f"R{first + number:06}",
            **{
                "provider_code": f"P{(first + number) % 40:05}",
                "provider_name": f"样例{(first + number) % 40}号卫生院",
                "provider_type": "hospital",
                "region": REGIONS[number % len(REGIONS)],
                "visit_type": "001",
                "clearing_type": "11",
                "visit_count": 1,
                "medical_fee": hundred,
                "fund_due": hundred,
                "monthly_paid": zero,
                "deposit": zero,
                "deduction": zero,
                "deposit_refund": zero,
                "disburse": hundred,
                "fetched_at": timezone.now(),
                "findings": [finding(KINDS[number % len(KINDS)])] if number < broken else [],
                "finding_count": int(number < broken),
                **fields,
            },
        )
        for number in range(count)
    )
