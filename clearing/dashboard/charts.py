"""Three pictures of the year: amounts by month, verification by region, differences by kind (design 5)."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from clearing.dashboard.desk import desk_of
from clearing.models import Month
from clearing.services.months import by_month
from clearing.services.year import Year
from portal.access.member import PortalRequest
from portal.codes import code_list
from portal.web.charts import Chart, Series


def charts_context(request: PortalRequest) -> dict[str, Any]:
    year = desk_of(request).year
    return {"charts": [months(year), verification(year), differences(year)] if year else []}


def months(year: Year) -> Chart:
    """What the months owe and paid, as far as they were fetched."""
    sums = by_month(Month.shown(year.environment).filter(year=year.year))
    address = f"{reverse('clearing:month-summary')}?year={year.year}"
    return Chart(
        "各月基金应付与已付",
        "bar",
        [f"{one.month} 月" for one in sums],
        [
            Series("基金应付", [one.fund_due for one in sums]),
            Series("月结已付", [one.monthly_paid for one in sums]),
        ],
        head="月份",
        links=[f"{address}&month={one.month}" if one.rows else "" for one in sums],
        note=f"{year.year} 年已获取的月结汇总",
    )


def verification(year: Year) -> Chart:
    """Rows verified and not, region by region."""
    names, tallies = code_list("clearing.insu_admdvs"), year.regions
    return Chart(
        "各统筹区核对进度",
        "progress",
        [names.label(region) for (region,) in tallies],
        [
            Series("已核对", [tally.verified for tally in tallies.values()]),
            Series("未核对", [tally.unverified for tally in tallies.values()]),
        ],
        unit="条",
        head="统筹区",
        links=[_rows(year, region=region) for (region,) in tallies],
    )


def differences(year: Year) -> Chart:
    """Rows with a difference of each kind: whoever has several is counted in each."""
    kinds = year.differences
    return Chart(
        "各类差异",
        "horizontal",
        [label for _, label, _, _ in kinds],
        [
            Series("未接受", [open_ for _, _, open_, _ in kinds], total=False),
            Series("已接受", [accepted for _, _, _, accepted in kinds], total=False),
        ],
        unit="条",
        head="差异类别",
        links=[
            _rows(year, finding="open" if open_ else "accepted" if accepted else "") for _, _, open_, accepted in kinds
        ],
    )


def _rows(year: Year, **conditions: str) -> str:
    query = {name: value for name, value in conditions.items() if value}
    if not query:
        return ""
    return f"{reverse('clearing:verification-list')}?{urlencode({'year': year.year, **query})}"
