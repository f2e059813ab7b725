"""The cashier's movements in the book of settled money: a recharge with its sum, a refund as an entry of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from portal.ledger.facts import ZERO, EntryFacts, Span, Standing
from portal.ledger.registry import book, remedy
from portal.ledger.remedies import adopt_doubtful, doubt_obstacle, resend_doubtful
from settlement.models import CashierCharge, ChargeState, Movement, Recharge, RechargeState, Refund, RefundState
from settlement.services.cashier import centre_book

__all__ = ["centre_book", "entries"]

FAMILY = "onetrans"
GONE = (RefundState.REJECTED, RefundState.WITHDRAWN)
Numbers = Collection[str] | None

remedy("onetrans", "adopt", "采用支付平台的结果", moves_money=True, obstacle=doubt_obstacle)(adopt_doubtful)
remedy("onetrans", "resend", "用原单号重新提交", moves_money=True, obstacle=doubt_obstacle)(resend_doubtful)


@book("onetrans")
def entries(span: Span, numbers: Numbers = None) -> Iterator[EntryFacts]:
    """Everything of the span that moved money or may have; with `numbers` only these, whatever their day."""
    yield from recharges(span, numbers)
    yield from refunds(span, numbers)
    yield from charges(span, numbers)


def of_span(rows: QuerySet[Any], span: Span, happened: str, numbers: Numbers) -> QuerySet[Any]:
    """By the platform's time where there is one, otherwise by when it was submitted."""
    rows = rows.filter(environment=span.environment).select_related("operation")
    rows = rows.defer("operation__request", "operation__reply")
    if numbers is not None:
        return rows.filter(number__in=numbers)
    settled = Q(**{f"{happened}__gte": span.begins_at, f"{happened}__lt": span.ends_at})
    submitted = Q(**{f"{happened}__isnull": True}, created_at__gte=span.begins_at, created_at__lt=span.ends_at)
    return rows.filter(settled | submitted)


def recharges(span: Span, numbers: Numbers) -> Iterable[EntryFacts]:
    found = Recharge.objects.exclude(state=RechargeState.REJECTED).select_related("account")
    for row in of_span(found, span, "paid_at", numbers).iterator(1000):
        yield EntryFacts(
            family=FAMILY,
            number=row.number,
            settled_at=row.paid_at or row.created_at,
            total=row.amount,
            cash=row.amount,
            standing=standing_of(row, row.state == RechargeState.PAID),
            setl_id=row.trace_no[:30],
            msgid=row.msgid,
            person=row.account.name_masked,
            about=row.account.patient_id,
            page="settlement:recharge",
            page_key=str(row.pk),
            operation=row.operation_id,
        )


def refunds(span: Span, numbers: Numbers) -> Iterable[EntryFacts]:
    found = Refund.objects.exclude(state__in=GONE).select_related("account")
    for row in of_span(found, span, "refunded_at", numbers).iterator(1000):
        yield EntryFacts(
            family=FAMILY,
            number=row.number,
            settled_at=row.refunded_at or row.created_at,
            total=-row.amount,
            cash=-row.amount,
            is_refund=True,
            standing=standing_of(row, row.state == RefundState.REFUNDED),
            setl_id=row.trace_no[:30],
            msgid=row.msgid,
            person=row.account.name_masked,
            about=row.account.patient_id,
            page="settlement:refund",
            page_key=str(row.pk),
            operation=row.operation_id,
        )


def charges(span: Span, numbers: Numbers) -> Iterable[EntryFacts]:
    """The window tells no amounts: they are known once a charge is taken back, and then both halves are told."""
    known = CashierCharge.objects.filter(state=ChargeState.CANCELLED, total__isnull=False)
    for row in of_span(known, span, "cancelled_at", numbers).iterator(1000):
        charged = charge_facts(row, row.charged_at or row.created_at)
        yield charged
        yield charged.negative(settled_at=row.cancelled_at, setl_id=row.cancel_setl_id)


def charge_facts(row: CashierCharge, at: datetime) -> EntryFacts:
    return EntryFacts(
        family=FAMILY,
        number=row.number,
        settled_at=at,
        total=row.total or ZERO,
        fund=row.fund or ZERO,
        account=row.account or ZERO,
        cash=row.cash or ZERO,
        setl_id=row.setl_id,
        mdtrt_id=row.mdtrt_id,
        msgid=row.msgid,
        person_no=row.person_no.reveal() if row.person_no else "",
        person=row.name_masked,
        insutype=row.insurance,
        about=row.mdtrt_id,
        page="settlement:charge",
        page_key=str(row.pk),
        operation=row.operation_id,
    )


def standing_of(row: Movement, is_done: bool) -> str:
    if is_done:
        return Standing.SETTLED
    return Standing.DOUBTFUL if row.is_doubtful or row.state == RefundState.ODD else Standing.PENDING
