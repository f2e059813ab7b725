"""POSTs of the clearing: each in a scope and a month of its own."""

from decimal import Decimal
from itertools import product
from typing import Any

from django.utils import timezone

from clearing.models import (
    Application,
    ApplicationState,
    ClearingRow,
    CrossRegionBatch,
    CrossRegionMonth,
    CrossRegionRow,
    RowState,
)
from tests.api.retrying import Body, Call, World, post
from tests.clearing.year_rows import make_generation, make_rows

SCOPES = [
    {"year": year, "insurance": insurance, "agency": agency}
    for year, insurance, agency in product(range(2025, 2020, -1), ("001", "002"), ("003", "001", "002"))
]


def scope(world: World) -> Body:
    """One that nothing has been generated for."""
    return SCOPES[world.number("scope") - 1]


def generated(world: World, count: int = 2, **more: Any) -> tuple[Body, list[str]]:
    """A scope with rows, and their numbers."""
    chosen = scope(world)
    generation = make_generation(**chosen)
    make_rows(generation, count, **more)
    return chosen, list(ClearingRow.objects.filter(generation=generation).values_list("row_id", flat=True))


def applied(world: World) -> Application:
    """A claim that the centre holds, with its rows."""
    chosen, row_ids = generated(world, state=RowState.APPLIED)
    amounts = dict.fromkeys(("medical_fee", "fund_due", "disburse"), Decimal(200))
    held = {"state": ApplicationState.APPLIED, "application_no": f"SQ{world.number()}", "count": len(row_ids)}
    made = Application.objects.create(environment="test", **chosen, **held, **amounts)
    ClearingRow.objects.filter(row_id__in=row_ids).update(application=made)
    return made


@post("clearing/generations")
def generate(world: World) -> Call:
    return (scope(world),)


@post("clearing/fetches")
def fetch(world: World) -> Call:
    return (generated(world)[0],)


@post("clearing/revocations")
def revoke(world: World) -> Call:
    return (generated(world)[0],)


@post("clearing/verifications")
def verify(world: World) -> Call:
    return ({"row_ids": generated(world)[1]},)


@post("clearing/verification-cancellations")
def cancel_verification(world: World) -> Call:
    return ({"row_ids": generated(world, state=RowState.VERIFIED)[1]},)


@post("clearing/acceptances", who="bob")
def accept(world: World) -> Call:
    return ({"row_id": generated(world, 1, broken=1)[1][0], "reason": "已与医保中心核实"},)


@post("clearing/applications")
def apply(world: World) -> Call:
    return (generated(world, state=RowState.VERIFIED)[0],)


@post("clearing/application-cancellations")
def cancel_application(world: World) -> Call:
    return ({"application_no": applied(world).application_no},)


@post("clearing/monthly-fetches")
def fetch_month(world: World) -> Call:
    return ({**scope(world), "kind": "summary", "visit_type": "001", "month": 1},)


@post("clearing/refund-fetches")
def fetch_refunds(world: World) -> Call:
    return ({"year": 2025, "insurance": "001", "kind": "primary"},)


@post("clearing/due-papers/prints")
def print_due_papers(world: World) -> Call:
    claim = applied(world)
    return ({"year": claim.year, "insurance": claim.insurance, "agency": claim.agency, "anyway": True},)


# --- across regions


def month_of(world: World) -> CrossRegionMonth:
    return CrossRegionMonth.objects.create(
        environment="test", year=2025, month=world.number("month"), fetched_at=timezone.now()
    )


def row_of(world: World, month: CrossRegionMonth, **more: Any) -> CrossRegionRow:
    number, now = world.number(), timezone.now()
    values: Body = {
        "region": "140299",
        "provider_code": "P1",
        "certificate": f"99{number:016}",
        "visit_no": f"J{number}",
    }
    values |= {"settlement_no": f"S{number}", "advance_flag": "0", "settled_at": now, "fetched_at": now}
    amounts = {"medical_fee": Decimal(200), "agency_paid": Decimal(100)}
    return CrossRegionRow.objects.create(month=month, sequence=number, **values, **amounts, **more)


def named(month: CrossRegionMonth) -> Body:
    return {"year": month.year, "month": month.month}


@post("clearing/cross-region/fetches")
def fetch_cross_region(world: World) -> Call:
    return (named(month_of(world)),)


@post("clearing/cross-region/decisions")
def decide(world: World) -> Call:
    return ({"rows": [str(row_of(world, month_of(world)).pk)], "decision": "confirm"},)


@post("clearing/cross-region/confirmations")
def confirm(world: World) -> Call:
    month = month_of(world)
    row_of(world, month, decision="confirm")
    return ({**named(month), "count": 1},)


@post("clearing/cross-region/roll-backs")
def roll_back(world: World) -> Call:
    month, number = month_of(world), f"CF{world.number()}"
    counts = {"count": 1, "yes_count": 1, "no_count": 0}
    batch = CrossRegionBatch.objects.create(month=month, number=1, state="confirmed", message_id=number, **counts)
    row_of(world, month, decision="confirm", standing="confirmed", batch=batch)
    return ({**named(month), "message_id": number},)
