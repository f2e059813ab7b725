"""月结与清算对照: the months' sums beside the year's rows, by provider, region, visit type and clearing type."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from clearing.models import ClearingRow, Month, MonthKind, MonthRead, MonthTotal, RowState
from clearing.models.month import MONTHS, ReadState
from clearing.services.months import ZERO, MonthSum, by_month

#: What a row and its months share.
KEY = ("environment", "year", "insurance", "agency", "provider_code", "visit_type", "region", "clearing_type")
AMOUNTS = ("fund_due", "monthly_paid", "medical_fee")
RESULTS = {"differs": "有差异", "none": "没有月结", "equal": "一致", "unread": "月结未获取"}
#: The row is not what its months add up to.
OFF = "off"


def compared(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with `months_<amount>` (Σ of the months), `off_<amount>` (the row minus that), `months_seen`, `result`.

    `months_seen` is a number with bit 0 for January. `result` is a key of RESULTS: "none" = the months were read and
    this row has none, "unread" = nobody read them.
    """
    names = (*AMOUNTS, "visit_count")
    kinds = {**dict.fromkeys(AMOUNTS, (ZERO, MONEY)), "visit_count": (0, IntegerField())}

    def told(name: str, nothing: Any, field: Any) -> Coalesce:
        return Coalesce(Subquery(_total().values(name)), Value(nothing), output_field=field)

    found = rows.annotate(
        **{f"months_{name}": told(name, *kinds[name]) for name in names}, months_seen=told("months", 0, IntegerField())
    )
    found = found.annotate(**{f"off_{name}": F(name) - F(f"months_{name}") for name in names})
    answer: QuerySet[Any] = found.annotate(
        result=Case(
            When(Exists(_equal()), then=Value("equal")),
            When(~Exists(_read()), then=Value("unread")),
            When(Exists(_total()), then=Value("differs")),
            default=Value("none"),
            output_field=CharField(),
        )
    )
    return answer


def with_result(rows: QuerySet[Any], result: str) -> QuerySet[Any]:
    """The rows with that result, a key of RESULTS, or OFF: read, and not equal."""
    conditions = {
        OFF: (~Exists(_equal()), Exists(_read())),
        "differs": (~Exists(_equal()), Exists(_total())),
        "none": (~Exists(_total()), Exists(_read())),
        "equal": (Exists(_equal()),),
        "unread": (~Exists(_read()),),
    }
    return rows.filter(*conditions[result])


MONEY = DecimalField(max_digits=18, decimal_places=2)


def _total() -> QuerySet[MonthTotal]:
    """The months' total of the row outside."""
    return MonthTotal.objects.filter(**{name: OuterRef(name) for name in KEY})


def _equal() -> QuerySet[MonthTotal]:
    return _total().filter(**{name: OuterRef(name) for name in (*AMOUNTS, "visit_count")})


def _read() -> QuerySet[MonthRead]:
    """Whether anybody read the months of the row outside."""
    same = {name: OuterRef(name) for name in (*KEY[:4], "visit_type")}
    return MonthRead.objects.filter(**same, kind=MonthKind.SUMMARY, state=ReadState.CURRENT)


def without_row(environment: str, **scope: Any) -> QuerySet[MonthTotal]:
    """Totals of months that no row of the year stands for; `scope` narrows year, insurance, agency, type or region."""
    live = ClearingRow.objects.exclude(state=RowState.REVOKED).filter(**{name: OuterRef(name) for name in KEY})
    return MonthTotal.objects.filter(~Exists(live), environment=environment, **scope).order_by("provider_code", "pk")


def gaps(seen: int) -> list[int]:
    """The months of the year whose bit is not set."""
    return [month for month in MONTHS if not seen >> (month - 1) & 1]


def in_words(months: list[int]) -> str:
    """1、2、5 月; 全年."""
    return "全年" if len(months) == len(MONTHS) else f"{'、'.join(map(str, months))} 月" if months else ""


@dataclass(frozen=True)
class RowMonths:
    """A year's row and its twelve months; amounts in yuan."""

    row: ClearingRow
    months: list[MonthSum]
    total: MonthSum
    missing: str
    is_read: bool

    @property
    def off_due(self) -> Decimal:
        """The row minus its months."""
        return self.row.fund_due - self.total.fund_due

    @property
    def off_paid(self) -> Decimal:
        return self.row.monthly_paid - self.total.monthly_paid

    @property
    def off_visits(self) -> int:
        return self.row.visit_count - self.total.visits

    @property
    def off_fee(self) -> Decimal:
        return self.row.medical_fee - self.total.medical_fee

    @property
    def holds(self) -> bool:
        return not (self.off_due or self.off_paid or self.off_visits or self.off_fee)


def row_months(row: ClearingRow) -> RowMonths:
    """The twelve months behind a row, one query more when there are none: were they ever read?"""
    mine = Month.objects.filter(**{name: getattr(row, name) for name in KEY}, read__state=ReadState.CURRENT)
    months = by_month(mine)
    total = MonthSum(
        0,
        sum(month.rows for month in months),
        sum(month.visits for month in months),
        sum((month.medical_fee for month in months), ZERO),
        sum((month.fund_due for month in months), ZERO),
        sum((month.monthly_paid for month in months), ZERO),
    )
    missing = in_words([month.month for month in months if not month.rows])
    return RowMonths(row, months, total, missing, bool(total.rows) or _was_read(row))


def _was_read(row: ClearingRow) -> bool:
    where = {name: getattr(row, name) for name in (*KEY[:4], "visit_type")}
    return MonthRead.objects.filter(**where, kind=MonthKind.SUMMARY, state=ReadState.CURRENT).exists()
