"""The monthly queries (chapter 6): computed from the city, because months are settled before a year is cleared."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from clearing.messages import (
    CLEARING,
    INSUTYPE_OF,
    MonthlyDetailPage,
    MonthlySummaryPage,
    QueryMonthlyDetail,
    QueryMonthlySummary,
)
from clearing.sandbox.books import agencies, open_year, options_of, tag_of
from clearing.sandbox.city import Line, lines
from clearing.sandbox.names import person
from clearing.sandbox.rows import yuan
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, control, plays

AKA080_OF = {insutype: aka080 for aka080, insutype in INSUTYPE_OF.items()}


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one line; `number` from 0."""

    line: Line
    number: int
    position: int

    @property
    def visits(self) -> int:
        return self.line.visits[self.number]

    def facts(self) -> dict[str, Any]:
        place = self.line.place
        return {
            "month": f"{self.number + 1:02d}",
            "medins_code": place.code,
            "medins_name": place.name,
            "insu_admdvs": self.line.region,
            "akc191": self.line.akc191,
            "clr_type": self.line.clr_type,
        }


@plays(QueryMonthlySummary)
def query_summary(request: QueryMonthlySummary, call: Call) -> MonthlySummaryPage:
    months = _months(request, call)
    first = (request.page - 1) * request.size
    rows = [
        {
            **month.facts(),
            "visit_count": month.visits,
            "medfee_sumamt": yuan(month.line.fees[month.number]),
            "fund_due_amt": yuan(month.line.due[month.number]),
            "monthly_paid_amt": yuan(month.line.paid[month.number]),
        }
        for month in months[first : first + request.size]
    ]
    return MonthlySummaryPage.model_validate({"total": len(months), "rows": rows})


@plays(QueryMonthlyDetail)
def query_detail(request: QueryMonthlyDetail, call: Call) -> MonthlyDetailPage:
    """Every settlement can be asked for and none is stored: a page costs what it shows, however far back it is."""
    months = _months(request, call)
    ends = list(accumulate(month.visits for month in months))
    total = ends[-1] if ends else 0
    first = (request.page - 1) * request.size
    tag, rows = tag_of(call.party), []
    at = bisect_right(ends, first)
    for place in range(first, min(first + request.size, total)):
        while place >= ends[at]:
            at += 1
        month = months[at]
        rows.append(_settlement(month, place - (ends[at] - month.visits), request.year, tag))
    return MonthlyDetailPage.model_validate({"total": total, "rows": rows})


@control(CLEARING, "months")
def month_sums(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rows, visits and amounts of the monthly settlement of party, year and aka080, by agency.

    Raises LookupError when there is no such party.
    """
    party = Party.objects.filter(gateway=CLEARING.name, app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    owed = lines(options_of(party), str(asked.get("year")), str(asked.get("aka080")))
    return {"agencies": [_sums(agency, [line for line in owed if line.qsjg00 == agency]) for agency in agencies(None)]}


def _sums(agency: str, owed: list[Line]) -> dict[str, Any]:
    settled = [(line, number) for line in owed for number in range(12) if line.visits[number]]
    return {
        "qsjg00": agency,
        "rows": len(settled),
        "visit_count": sum(line.visits[number] for line, number in settled),
        "fund_due_amt": str(yuan(sum(line.due[number] for line, number in settled))),
        "monthly_paid_amt": str(yuan(sum(line.paid[number] for line, number in settled))),
    }


def _months(request: QueryMonthlySummary | QueryMonthlyDetail, call: Call) -> list[Month]:
    options = open_year(call.party, request.year)
    wanted = range(12) if request.month is None else [int(request.month) - 1]
    owed = lines(options, request.year, AKA080_OF[request.insutype])
    return [
        Month(line, number, position)
        for number in wanted
        for position, line in enumerate(owed)
        if line.qsjg00 == request.qsjg00 and line.akc191 == request.akc191 and line.visits[number]
    ]


def _settlement(month: Month, n: int, year: str, tag: str) -> dict[str, Any]:
    insured = int.from_bytes(hashlib.sha256(f"{tag}:{month.position}:{month.number}:{n}".encode()).digest()[:4], "big")
    name, certno = person(insured % 1_000_000)
    serial = f"{month.position:05d}{month.number + 1:02d}{n + 1:05d}"
    line = month.line
    return {
        **month.facts(),
        "detail_id": f"MX{tag}{year}{serial}",
        "setl_id": f"JS{tag}{year}{serial}",
        "setl_date": f"{year}-{month.number + 1:02d}-{n * 28 // month.visits + 1:02d}",
        "psn_name": name,
        "certno": certno,
        "medfee_sumamt": yuan(piece(line.fees[month.number], month.visits, n)),
        "fund_due_amt": yuan(piece(line.due[month.number], month.visits, n)),
        "monthly_paid_amt": yuan(piece(line.paid[month.number], month.visits, n)),
    }


def piece(total: int, count: int, n: int) -> int:
    """The n-th of `count` uneven parts that add up to `total`, without looking at the others."""
    return _upto(total, count, n + 1) - _upto(total, count, n)


def _upto(total: int, count: int, n: int) -> int:
    # The boundaries lie at n plus a jitter below one, so that they grow, and at exactly 0 and `total` at the ends.
    jitter = 0 if n in (0, count) else (n * 7919) % 89
    return total * (n * 100 + jitter) // (count * 100)
