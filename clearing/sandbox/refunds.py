"""The deposit-refund tables (9.2 to 9.4): which rows each stands for, and their sums for `/truth`."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Concat

from clearing.messages import DepositRefunds, QueryDepositRefund
from clearing.sandbox.books import open_year, rows_of
from clearing.sandbox.city import ELSEWHERE
from clearing.sandbox.models import Row
from portal.gateway.sandbox.plays import Call, plays

MATERNITY = Q(akc191="005") | Q(clr_type="53")
#: Cross-region deposits are those of the agency for other regions; of the rest, maternity and primary care.
KINDS = {
    "cross_region": Q(qsjg00=ELSEWHERE),
    "maternity": MATERNITY & ~Q(qsjg00=ELSEWHERE),
    "primary": Q(medins_type__in=("pharmacy", "village", "clinic")) & ~MATERNITY & ~Q(qsjg00=ELSEWHERE),
}
LINE = ("aka080", "qsjg00", "medins_code", "medins_name", "medins_type", "insu_admdvs", "assess_score")


@plays(QueryDepositRefund)
def query_deposit_refund(request: QueryDepositRefund, call: Call) -> DepositRefunds:
    """One line for each institution and agency; deposits of no kind are counted twice."""
    open_year(call.party, request.year)
    rows = rows_of(call.party, request.year, request.aka080, request.qsjg00).filter(KINDS[request.kind])
    sums = rows.order_by("medins_code", "qsjg00").values(*LINE)
    return DepositRefunds.model_validate(
        {
            "rows": [
                {**line, "year": request.year}
                for line in sums.annotate(deposit_amt=Sum("deposit_amt"), deposit_refund_amt=Sum("deposit_refund_amt"))
            ]
        }
    )


def refund_sums(rows: QuerySet[Row]) -> list[dict[str, Any]]:
    """Lines and amounts of each table by year and insurance, as text with two places."""
    found = []
    for kind, condition in KINDS.items():
        mine = rows.filter(condition).order_by("book__year", "aka080")
        sums = mine.values("aka080", year=F("book__year")).annotate(
            deposit=Sum("deposit_amt"),
            refund=Sum("deposit_refund_amt"),
            # One line for each institution and agency.
            lines=Count(Concat("medins_code", "qsjg00"), distinct=True),
        )
        found += [
            {
                **{name: one[name] for name in ("year", "aka080", "lines")},
                "kind": kind,
                "deposit_amt": f"{one['deposit']:.2f}",
                "deposit_refund_amt": f"{one['refund']:.2f}",
            }
            for one in sums
        ]
    return found
