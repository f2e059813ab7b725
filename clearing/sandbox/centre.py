"""What the people at the centre do, through control doors; and the party's state for `/truth`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from clearing.messages import CLEARING
from clearing.sandbox.books import live_applications, locked_book, options_of
from clearing.sandbox.models import Application, Row
from clearing.sandbox.refunds import refund_sums
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import control, tells


@tells(CLEARING)
def state(party: Party) -> dict[str, Any]:
    """Counts and sums of every year, insurance and agency, and the applications; ValueError for unknown options."""
    rows = Row.objects.filter(book__party=party).order_by()
    keys = ("book__year", "aka080", "qsjg00")
    options_of(party)
    scopes = rows.values(*keys).annotate(
        applied_disburse_amt=Sum("disburse_amt", filter=Q(qssqzt="001")),
        rows=Count("id"),
        verified=Count("id", filter=Q(hdzt00="001")),
        applied=Count("id", filter=Q(qssqzt="001")),
        broken=Count("id", filter=~Q(broken="")),
        medfee_sumamt=Sum("medfee_sumamt"),
        fund_due_amt=Sum("fund_due_amt"),
        disburse_amt=Sum("disburse_amt"),
        deposit_refund_amt=Sum("deposit_refund_amt"),
    )
    applications = (
        Application.objects.filter(book__party=party)
        .order_by("id")
        .values(
            "application_no", "book__year", "aka080", "qsjg00", "audit_state", "row_count", "disburse_amt", "is_live"
        )
    )
    return {
        "refunds": refund_sums(rows),
        "scopes": [_told(one) for one in scopes.order_by(*keys)],
        "applications": [_told(one) for one in applications],
        "broken": list(rows.exclude(broken="").order_by("row_id").values("row_id", "broken")),
    }


@control(CLEARING, "approve")
def approve(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Approve the live application of party, year, aka080 and qsjg00.

    Raises LookupError when there is no such party or live application.
    """
    party = Party.objects.filter(gateway="clearing", app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    with transaction.atomic():
        book = locked_book(party, str(asked.get("year")))
        live = live_applications(book, str(asked.get("aka080")), str(asked.get("qsjg00"))).first()
        if live is None:
            raise LookupError("没有待审核的清算申请")
        live.audit_state = "approved"
        live.save(update_fields=["audit_state"])
    return {"application_no": live.application_no, "audit_state": live.audit_state}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Under `year`, and sums as text with two places."""
    return {
        name.removeprefix("book__"): str(value or "0.00") if name.endswith(("_amt", "_sumamt")) else value
        for name, value in row.items()
    }
