"""Naming a month, locking it, and what stands where in it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from clearing.models import Compared, CrossRegionBatch, CrossRegionMonth, CrossRegionRow, RowDecision, Standing
from clearing.models.cross_region import DIFFERENT
from clearing.models.scope import known_years
from clearing.services.refusals import Refused
from portal.access.member import Member

ZERO = Decimal("0.00")
#: A row that nobody needs to look at again before it is sent: decided, listed, and with a reason where it differs.
DIFFERS = Q(compared__in=[str(kind) for kind in DIFFERENT]) | Q(changed_at__isnull=False)
OPEN = Q(standing=Standing.OPEN)
DECIDED = ~Q(decision=RowDecision.UNDECIDED)
UNEXPLAINED = Q(decision=RowDecision.CONFIRM) & DIFFERS & Q(reason="")
FLAWED = ~Q(flaw="")
GONE = Q(gone_at__isnull=False)
READY = OPEN & DECIDED & ~GONE & ~FLAWED & ~UNEXPLAINED


def checked(by: Member, year: Any, month: Any) -> dict[str, Any]:
    """Environment, year and number of a month that may be asked for; Refused names the field that is wrong."""
    if by.institution is None:
        raise Refused("请先选择机构")
    years = known_years()
    if not isinstance(year, int) or isinstance(year, bool) or year not in years:
        raise Refused(f"结算年度：应在 {years[0]} 至 {years[-1]} 之间", field="year")
    if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= 12:
        raise Refused("结算月份：应在 1 至 12 之间", field="month")
    return {"environment": by.institution.environment, "year": year, "month": month}


def month_of(by: Member, year: Any, month: Any) -> CrossRegionMonth:
    """The month in the institution's present environment; Refused when it was never fetched, or names what is wrong."""
    found = CrossRegionMonth.objects.filter(**checked(by, year, month)).first()
    if found is None:
        raise Refused(f"{year} 年 {month} 月还没有获取过异地清分明细", field="month")
    return found


def locked(month: CrossRegionMonth) -> CrossRegionMonth:
    """The month as it is now, locked until the transaction ends: every step about it waits its turn."""
    return CrossRegionMonth.objects.select_for_update(of=("self",)).select_related("rollback").get(pk=month.pk)


def rows_of(month: CrossRegionMonth) -> QuerySet[CrossRegionRow]:
    return CrossRegionRow.objects.filter(month=month)


def batches_of(month: CrossRegionMonth) -> QuerySet[CrossRegionBatch]:
    return CrossRegionBatch.objects.filter(month=month).select_related("month", "operation", "rollback")


@dataclass(frozen=True)
class Overview:
    """Numbers of a month's listed rows, and yuan that the agencies pay for them."""

    rows: int = 0
    gone: int = 0
    undecided: int = 0
    ready: int = 0
    moving: int = 0
    confirmed: int = 0
    declined: int = 0
    different: int = 0
    not_compared: int = 0
    agency_paid: Decimal = ZERO
    confirmed_paid: Decimal = ZERO

    @property
    def left(self) -> int:
        """Rows that still have to be decided about or sent."""
        return self.rows - self.moving - self.confirmed - self.declined


LISTED = ~GONE
FIGURES: dict[str, Any] = {
    "rows": Count("pk", filter=LISTED),
    "gone": Count("pk", filter=GONE),
    "undecided": Count("pk", filter=LISTED & OPEN & Q(decision=RowDecision.UNDECIDED)),
    "ready": Count("pk", filter=READY),
    "moving": Count("pk", filter=Q(standing=Standing.MOVING)),
    "confirmed": Count("pk", filter=Q(standing=Standing.CONFIRMED)),
    "declined": Count("pk", filter=Q(standing=Standing.DECLINED)),
    "different": Count("pk", filter=LISTED & DIFFERS),
    "not_compared": Count("pk", filter=LISTED & Q(compared=Compared.NOT)),
    "confirmed_paid": Sum("agency_paid", filter=Q(standing=Standing.CONFIRMED), default=ZERO),
    # Last: an alias hides the column of the same name from the sums after it.
    "agency_paid": Sum("agency_paid", filter=LISTED, default=ZERO),
}


def overview(month: CrossRegionMonth) -> Overview:
    """Counts and sums of the month, by SQL."""
    return Overview(**rows_of(month).aggregate(**FIGURES))


@dataclass(frozen=True)
class Sums:
    """What a choice of rows amounts to; yuan."""

    count: int
    different: int
    medical_fee: Decimal
    agency_paid: Decimal


def sums_of(rows: QuerySet[CrossRegionRow]) -> Sums:
    """Count and sums of the rows, and how many take a reason to be confirmed."""
    found: dict[str, Any] = rows.order_by().aggregate(
        count=Count("pk"),
        different=Count("pk", filter=DIFFERS),
        medical_fee=Sum("medical_fee", default=ZERO),
        agency_paid=Sum("agency_paid", default=ZERO),
    )
    return Sums(**found)


def overviews(months: list[CrossRegionMonth]) -> list[tuple[CrossRegionMonth, Overview]]:
    """The same for several months, in one statement."""
    rows: Any = CrossRegionRow.objects.filter(month__in=months).order_by()
    figures: list[dict[str, Any]] = list(rows.values("month").annotate(**FIGURES))
    found = {one["month"]: Overview(**{name: one[name] for name in FIGURES}) for one in figures}
    return [(month, found.get(month.pk, Overview())) for month in months]
