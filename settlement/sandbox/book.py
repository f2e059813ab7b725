"""The centre's book: what was settled over the wire is written in by itself, more can be written in by people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.models import Effect, Party
from portal.gateway.sandbox.plays import control
from settlement.sandbox.centre import SHANGHAI, centre_of, institution, party_of
from settlement.sandbox.models import BookForm, BookRow, Settlement
from settlement.sandbox.paying import CLEARING
from settlement.sandbox.rates import kind_of

SUMS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "cash_payamt")
TOLD = (
    *("setl_id", "mdtrt_id", "psn_no", "msgid", "insutype", "clr_type", "setl_optins", "is_refund", "refunds"),
    *("is_hidden", "fault"),
)
FIRST_HOUR, HOURS = 7, 15


def book_of(party: Party) -> QuerySet[BookRow]:
    """The party's book, as it is now: with every settlement that lives or was undone, without what 2601 reversed."""
    rows = BookRow.objects.filter(party=party)
    rows.filter(settlement__state=Settlement.State.REVERSED).delete()
    rows.filter(settlement__state=Settlement.State.LIVE, is_refund=True).delete()
    settled = Settlement.objects.filter(visit__party=party).exclude(state=Settlement.State.REVERSED)
    settled = settled.select_related("visit__insured", "visit__insurance").order_by("pk")
    written = BookRow.objects.filter(settlement=OuterRef("pk"))
    fresh = settled.exclude(Exists(written.filter(is_refund=False)))
    undone = settled.filter(state=Settlement.State.UNDONE).exclude(Exists(written.filter(is_refund=True)))
    BookRow.objects.bulk_create([_row(party, one, 1) for one in fresh] + [_row(party, one, -1) for one in undone])
    return rows.filter(is_hidden=False).order_by("at", "pk")


def _row(party: Party, one: Settlement, sign: int) -> BookRow:
    is_refund, visit = sign < 0, one.visit
    return BookRow(
        party=party,
        settlement=one,
        is_refund=is_refund,
        setl_id=one.undo_setl_id if is_refund else one.setl_id,
        refunds=one.setl_id if is_refund else "",
        mdtrt_id=visit.mdtrt_id,
        psn_no=visit.insured.psn_no,
        msgid=_undoing(party, one) if is_refund else one.msgid,
        insutype=visit.insurance.insutype,
        clr_type=CLEARING[kind_of(visit.med_type)],
        setl_optins=visit.insurance.insuplc_admdvs,
        at=one.undone_at if is_refund else one.settled_at,
        **{name: sign * getattr(one, name) for name in SUMS[:3]},
        cash_payamt=sign * one.psn_cash_pay,
    )


def _undoing(party: Party, one: Settlement) -> str:
    """The message that took a settlement back."""
    made = Effect.objects.filter(party=party, nonce=one.msgid, business_key=one.setl_id).select_related("undone_by")
    found = made.first()
    return found.undone_by.nonce if found and found.undone_by else ""


def scoped(party: Party, asked: Mapping[str, Any]) -> QuerySet[BookRow]:
    """The rows that a message's period (both days included), kind of clearing and office name; insurance if it does."""
    first, last = (date.fromisoformat(str(asked[name])[:10]) for name in ("stmt_begndate", "stmt_enddate"))
    found = between(book_of(party), first, last)
    found = found.filter(clr_type=str(asked.get("clr_type")), setl_optins=str(asked.get("setl_optins", "")))
    return found.filter(insutype=asked["insutype"]) if asked.get("insutype") else found


def between(rows: QuerySet[BookRow], first: date, last: date) -> QuerySet[BookRow]:
    """Rows from the beginning of `first` to the end of `last`, by the centre's clock."""
    return rows.filter(at__gte=midnight(first), at__lt=midnight(last + timedelta(days=1)))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def sums_of(rows: QuerySet[BookRow]) -> dict[str, Decimal | int]:
    """Sums of the rows, refunds with their own sign, and how many rows."""
    found = rows.order_by().aggregate(rows=Count("pk"), **{name: Sum(name) for name in SUMS})
    return {name: value or 0 for name, value in found.items()}


@control(NATIONAL, "book")
def book(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of `party`'s book from day `first` to `last`, `limit` (1,000) from `after` on; with `all` also lost ones."""
    party = party_of(asked)
    with transaction.atomic():
        centre_of(party)
        found = book_of(party)
    found = BookRow.objects.filter(party=party) if asked.get("all") else found
    if asked.get("first"):
        last = asked.get("last") or asked["first"]
        found = between(found, date.fromisoformat(asked["first"]), date.fromisoformat(last))
    whole = sums_of(found)
    rows = found.filter(pk__gt=int(asked.get("after", 0))).order_by("pk")[: int(asked.get("limit", 1000))]
    told = [_told(one) for one in rows]
    form = BookForm.objects.filter(party=party).first()
    return {
        **{name: str(value) for name, value in whole.items()},
        "layout": form.layout if form else "",
        "seconds": form.seconds if form else 0,
        "list": told,
        "next": told[-1]["id"] if told else None,
    }


def _told(one: BookRow) -> dict[str, Any]:
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in TOLD},
        **{name: str(getattr(one, name)) for name in SUMS},
        "at": one.at.astimezone(SHANGHAI).isoformat(),
    }


@control(NATIONAL, "fill_book")
def fill_book(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write `count` invented settlements of `day` into the book, every `refund_every`th (50) with its refund.

    They are the same for the same `seed`. Nobody sent messages for them, so they are no effects; for tests and
    demonstrations of reconciling that need many. `insutype` (310), `clr_type` (11), `setl_optins` (the institution's
    region).
    """
    party, day, count = party_of(asked), date.fromisoformat(str(asked["day"])), int(asked.get("count", 100))
    every, seed = int(asked.get("refund_every", 50)), str(asked.get("seed", party.app_code))
    code, _, region = institution(party)
    scope = {
        "insutype": str(asked.get("insutype", "310")),
        "clr_type": str(asked.get("clr_type", "11")),
        "setl_optins": str(asked.get("setl_optins") or region),
    }
    with transaction.atomic():
        centre_of(party, locked=True)
        have = BookRow.objects.filter(party=party, settlement=None).count()
        rows: list[BookRow] = []
        for n in range(have, have + count):
            one = _invented(party, f"{seed}:{n}", n, day, code, scope, place=(n - have) / count)
            rows.append(one)
            if every and (n - have) % every == every - 1:
                rows.append(_paid_back(one, n, day))
        BookRow.objects.bulk_create(rows, batch_size=2000)
    return {"rows": len(rows), "sum": str(sum((one.medfee_sumamt for one in rows), Decimal(0)))}


def _invented(
    party: Party, seed: str, n: int, day: date, code: str, scope: Mapping[str, str], *, place: float
) -> BookRow:
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:12], "big")
    total = Decimal(2_000 + drawn % 300_000) / 100
    fund = (total * (40 + drawn % 41) / 100).quantize(Decimal("0.01"))
    account = min((total / 10 * (drawn % 4)).quantize(Decimal("0.01")), total - fund)
    at = midnight(day) + timedelta(hours=FIRST_HOUR, seconds=int(place * HOURS * 3600))
    return BookRow(
        party=party,
        setl_id=_number("B", scope["setl_optins"], day, party, n),
        mdtrt_id=_number("M", scope["setl_optins"], day, party, n),
        psn_no=f"99{drawn % 10**14:014d}",
        msgid=f"{code:0>12}{at:%Y%m%d%H%M%S}{n % 10_000:04d}",
        at=at,
        medfee_sumamt=total,
        fund_pay_sumamt=fund,
        acct_pay=account,
        cash_payamt=total - fund - account,
        **scope,
    )


def _paid_back(one: BookRow, n: int, day: date) -> BookRow:
    at = one.at + timedelta(minutes=20)
    return BookRow(
        party=one.party,
        setl_id=_number("T", one.setl_optins, day, one.party, n),
        mdtrt_id=one.mdtrt_id,
        psn_no=one.psn_no,
        msgid=f"{one.msgid[:12]}{at:%Y%m%d%H%M%S}{n % 10_000:04d}",
        insutype=one.insutype,
        clr_type=one.clr_type,
        setl_optins=one.setl_optins,
        is_refund=True,
        refunds=one.setl_id,
        at=at,
        **{name: -getattr(one, name) for name in SUMS},
    )


def _number(letter: str, region: str, day: date, party: Party, n: int) -> str:
    return f"{letter}{region:0>6}{day:%y%m%d}{party.pk % 10_000:04d}{n % 10**7:07d}"
