"""The queries on generated rows, applications and tables (chapters 5, 7, 8 and 9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from clearing.messages import (
    ApplicationRow,
    Applications,
    ClearingPage,
    Disbursements,
    QueryApplication,
    QueryClearing,
    QueryDisbursement,
    QueryVerification,
)
from clearing.sandbox.books import open_year, rows_of
from clearing.sandbox.models import Application, Row
from portal.gateway.sandbox.plays import Call, plays

AMOUNTS = (
    "medfee_sumamt",
    "fund_due_amt",
    "monthly_paid_amt",
    "deposit_amt",
    "deduct_amt",
    "assess_score",
    "deposit_refund_amt",
    "disburse_amt",
)
FACTS = (
    *("row_id", "aka080", "qsjg00", "medins_code", "medins_name", "medins_type", "insu_admdvs", "akc191", "clr_type"),
    *("visit_count", *AMOUNTS),
)
STATES = ("hdzt00", "qssqzt")


@plays(QueryClearing)
def query_clearing(request: QueryClearing, call: Call) -> ClearingPage:
    open_year(call.party, request.year)
    return _page(rows_of(call.party, request.year, request.aka080, request.qsjg00), request)


@plays(QueryVerification)
def query_verification(request: QueryVerification, call: Call) -> ClearingPage:
    open_year(call.party, request.year)
    rows = rows_of(call.party, request.year, request.aka080, request.qsjg00).filter(hdzt00=request.hdzt00)
    return _page(rows.filter(akc191=request.akc191) if request.akc191 else rows, request)


@plays(QueryApplication)
def query_application(request: QueryApplication, call: Call) -> Applications:
    """Also the cancelled ones, which are "not applied" again (8.2)."""
    open_year(call.party, request.year)
    found = Application.objects.filter(
        book__party=call.party, book__year=request.year, aka080=request.aka080, qsjg00=request.qsjg00
    )
    return Applications(
        rows=[
            ApplicationRow(
                application_no=one.application_no,
                year=request.year,
                aka080=one.aka080,
                qsjg00=one.qsjg00,
                qssqzt="001" if one.is_live else "000",
                audit_state=one.audit_state,
                row_count=one.row_count,
                medfee_sumamt=one.medfee_sumamt,
                fund_due_amt=one.fund_due_amt,
                disburse_amt=one.disburse_amt,
                applied_at=timezone.localtime(one.applied_at).strftime("%Y-%m-%d %H:%M:%S"),
            )
            for one in found.order_by("-id")
        ]
    )


@plays(QueryDisbursement)
def query_disbursement(request: QueryDisbursement, call: Call) -> Disbursements:
    """The rows of the application: the table exists once one was submitted (9.1)."""
    open_year(call.party, request.year)
    rows = rows_of(call.party, request.year, request.aka080, request.qsjg00).filter(qssqzt="001")
    return Disbursements.model_validate({"rows": _facts(rows, request.year, FACTS)})


def _page(rows: QuerySet[Row], request: QueryClearing | QueryVerification) -> ClearingPage:
    """A page beyond the last is empty, with the true total."""
    first = (request.page - 1) * request.size
    total = rows.count()
    chosen = rows.order_by("row_id")[first : first + request.size] if first < total else rows.none()
    return ClearingPage.model_validate({"total": total, "rows": _facts(chosen, request.year, (*FACTS, *STATES))})


def _facts(rows: QuerySet[Row], year: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"year": year, **_exact(row)} for row in rows.values(*columns)]


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts always with two places, whatever the database left off."""
    return {name: value.quantize(Decimal("0.01")) if name in AMOUNTS else value for name, value in row.items()}
