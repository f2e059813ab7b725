"""月结与清算对照: the months' sums beside the year's rows, by provider, region, visit type and clearing type."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from clearing.models import ClearingRow, Month, MonthKind, MonthRead, RowState
from clearing.models.month import MONTHS, ReadState
from clearing.services.months import ZERO, MonthSum, by_month

#: What a row and its months share.
KEY = ("environment", "year", "insurance", "agency", "provider_code", "visit_type", "region", "clearing_type")
AMOUNTS = ("fund_due", "monthly_paid", "medical_fee")
RESULTS = {"differs": "有差异", "none": "没有月结", "equal": "一致", "unread": "月结未获取"}
#: Fewer months than this are worth naming one by one.
ALL = len(MONTHS)


def compared(rows: QuerySet[ClearingRow]) -> QuerySet[ClearingRow]:
    """The rows with `months_<amount>` (Σ of the months), `off_<amount>` (the row minus that), `months_seen`, `result`.

    `result` is a key of RESULTS: "none" = the months were read and this row has none, "unread" = nobody read them.
    """
    months = _months().filter(**{name: OuterRef(name) for name in KEY}).order_by().values("provider_code")

    def summed(name: str, field: Any, nothing: Any) -> Coalesce:
        return Coalesce(Subquery(months.annotate(x=Sum(name)).values("x")), Value(nothing), output_field=field)

    money = DecimalField(max_digits=18, decimal_places=2)
    read = MonthRead.objects.filter(
        **{name: OuterRef(name) for name in KEY[:4]},
        visit_type=OuterRef("visit_type"),
        kind=MonthKind.SUMMARY,
        state=ReadState.CURRENT,
    )
    found = rows.annotate(
        **{f"months_{name}": summed(name, money, ZERO) for name in AMOUNTS},
        months_visit_count=summed("visit_count", IntegerField(), 0),
        months_seen=Subquery(months.annotate(x=ArrayAgg("month", distinct=True, order_by="month")).values("x")),
        is_read=Exists(read),
    )
    names = (*AMOUNTS, "visit_count")
    found = found.annotate(**{f"off_{name}": F(name) - F(f"months_{name}") for name in names})
    equal = {f"months_{name}": F(name) for name in names}
    answer: QuerySet[ClearingRow] = found.annotate(
        result=Case(
            When(is_read=False, then=Value("unread")),
            When(**equal, then=Value("equal")),
            When(months_seen__isnull=True, then=Value("none")),
            default=Value("differs"),
            output_field=CharField(),
        )
    )
    return answer


def _months() -> QuerySet[Month]:
    return Month.objects.filter(read__state=ReadState.CURRENT)


def without_row(environment: str, **scope: Any) -> QuerySet[Any]:
    """Sums of months that no row of the year stands for; `scope` narrows year, insurance, agency or visit type."""
    live = ClearingRow.objects.exclude(state=RowState.REVOKED).filter(**{name: OuterRef(name) for name in KEY})
    lone = Month.shown(environment).filter(**scope).filter(~Exists(live))
    return (
        lone.order_by("provider_code")
        .values(*KEY)
        .annotate(
            name=Max("provider_name"),
            due=Sum("fund_due"),
            paid=Sum("monthly_paid"),
            visits=Sum("visit_count"),
        )
    )


def gaps(seen: list[int] | None) -> list[int]:
    """The months of the year that are not among these."""
    return sorted(set(MONTHS) - set(seen or ()))


def in_words(months: list[int]) -> str:
    """1、2、5 月; 全年."""
    return "全年" if len(months) == ALL else f"{'、'.join(map(str, months))} 月" if months else ""


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
    months = by_month(_months().filter(**{name: getattr(row, name) for name in KEY}))
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
