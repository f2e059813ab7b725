"""Chapter 6: monthly sums and settlements, laid beside the centre's and beside the year's rows."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from clearing.management.demo.walk import Failed, Walk
from clearing.models import ClearingRow, Month, MonthKind, MonthlyDetail
from clearing.models.month import ReadState
from clearing.services.month_check import compared
from clearing.services.months import MonthQuery, request_months
from clearing.services.overview import live_rows

MONTHS = "6 月结"
#: One visit type and month of the smallest agency: settlements are many.
VISIT_TYPE, MONTH = "005", 3


def read(walk: Walk) -> None:
    """All sums of the year, and the settlements behind one of them."""
    with walk.tx():
        job = request_months(MonthQuery(MonthKind.SUMMARY, walk.scope), by=walk.clerk)
    walk.finish(job)
    asked = {"party": walk.app_code, "year": str(walk.scope.year), "aka080": walk.scope.insurance}
    for one in walk.sandbox.act("clearing", "months", **asked)["agencies"]:
        scope = next(scope for scope in walk.by_agency if scope.agency == one["qsjg00"])
        with walk.tx():
            months = Month.objects.filter(**scope.fields(), read__state=ReadState.CURRENT)
            due = months.aggregate(due=Sum("fund_due", default=Decimal("0.00")))["due"]
            count = months.count()
        walk.same(MONTHS, "月结汇总", (count, due), (one["rows"], Decimal(one["fund_due_amt"])), scope=scope)
    _settlements(walk)
    _check(walk)


def _settlements(walk: Walk) -> None:
    scope = walk.by_agency[2]
    with walk.tx():
        job = request_months(MonthQuery(MonthKind.DETAIL, scope, VISIT_TYPE, MONTH), by=walk.clerk)
    walk.finish(job)
    cell = {**scope.fields(), "visit_type": VISIT_TYPE, "month": MONTH, "read__state": ReadState.CURRENT}
    with walk.tx():
        details = MonthlyDetail.objects.filter(**cell).aggregate(due=Sum("fund_due", default=Decimal("0.00")))["due"]
        count = MonthlyDetail.objects.filter(**cell).count()
        sums = Month.objects.filter(**cell).aggregate(
            due=Sum("fund_due", default=Decimal("0.00")), visits=Sum("visit_count", default=0)
        )
    walk.same(MONTHS, "月结明细合计与汇总", (count, details), (sums["visits"], sums["due"]), scope=scope)


def _check(walk: Walk) -> None:
    """Exactly the row that the sandbox spoilt differs from its months."""
    with walk.tx():
        found: Any = compared(live_rows(walk.scope))
        differing = sorted(found.exclude(result="equal").values_list("row_id", flat=True))
        mine = set(ClearingRow.objects.filter(**walk.scope.fields()).values_list("row_id", flat=True))
    spoilt = sorted(
        one["row_id"] for one in walk.centre()["broken"] if one["row_id"] in mine and "due" in one["broken"]
    )
    walk.told(MONTHS, "各月之和与全年不符", f"{len(differing)} 条", f"{len(spoilt)} 条")
    if differing != spoilt:
        raise Failed(f"月结与清算对照：门户发现 {differing}，沙箱设置了 {spoilt}")
