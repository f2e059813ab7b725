"""Spoiling the centre's book: `POST /national/spoil_book`, and `mend_book` for as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.plays import control
from settlement.sandbox.book import SUMS, between, book_of, midnight
from settlement.sandbox.book_files import LAYOUTS
from settlement.sandbox.centre import SHANGHAI, centre_of, party_of
from settlement.sandbox.models import BookForm, BookRow


@control(NATIONAL, "spoil_book")
def spoil_book(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Put `count` (1) faults of `kind` into the book of `party`, on rows of `day` or those that `setl_ids` name.

    Which rows are hit follows from `seed` alone. Kinds: missing_there, missing_here, amount (by `amount`, 1.00),
    refund_there, refund_here, twice, late; and for the files of 3202 layout (`layout`) and slow (`seconds`). Returns
    the settlements that were hit.
    """
    party, kind = party_of(asked), str(asked.get("kind", ""))
    with transaction.atomic():
        centre_of(party, locked=True)
        if kind in ("layout", "slow"):
            return _form(party, asked, kind)
        if kind not in SPOILS:
            raise LookupError(f"没有这样的故障：{kind}；可用：{'、'.join([*SPOILS, 'layout', 'slow'])}")
        rows = _chosen(book_of(party), asked, kind)
        for one in rows:
            SPOILS[kind](one, asked)
    return {"kind": kind, "hit": [one.setl_id for one in rows], "persons": [one.psn_no for one in rows]}


@control(NATIONAL, "mend_book")
def mend_book(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The book and its files are as they were; with `setl_ids` only those settlements."""
    party = party_of(asked)
    with transaction.atomic():
        centre_of(party, locked=True)
        spoiled = BookRow.objects.filter(party=party).exclude(fault="")
        if asked.get("setl_ids"):
            spoiled = spoiled.filter(setl_id__in=asked["setl_ids"])
        else:
            BookForm.objects.filter(party=party).delete()
        mended = spoiled.count()
        spoiled.filter(fault__in=ADDED).delete()
        for one in spoiled:
            one.is_hidden, one.fault = False, ""
            for name, value in one.before.items():
                setattr(one, name, value)
            one.before = {}
            one.save()
    return {"mended": mended}


def _form(party: Any, asked: Mapping[str, Any], kind: str) -> dict[str, Any]:
    layout, seconds = str(asked.get("layout", "")), float(asked.get("seconds", 2))
    if kind == "layout" and layout not in LAYOUTS:
        raise LookupError(f"没有这样的文件格式：{layout}；可用：{'、'.join(LAYOUTS)}")
    values: dict[str, Any] = {"layout": layout} if kind == "layout" else {"seconds": seconds}
    BookForm.objects.update_or_create(party=party, defaults=values)
    return {"kind": kind, "hit": [], "persons": []}


def _chosen(rows: QuerySet[BookRow], asked: Mapping[str, Any], kind: str) -> list[BookRow]:
    """Whole rows that no fault has touched, in an order that the seed makes."""
    found = rows.filter(fault="", is_refund=kind == "refund_here")
    if asked.get("setl_ids"):
        return list(found.filter(setl_id__in=asked["setl_ids"]))
    if asked.get("day"):
        day = date.fromisoformat(str(asked["day"]))
        found = between(found, day, day)
    seed = f"{asked.get('seed', '0')}:{kind}"
    drawn = sorted(found, key=lambda one: hashlib.sha256(f"{seed}:{one.setl_id}".encode()).digest())
    if kind != "refund_here":  # one fault a settlement: its refund would be a difference, too, or be paid back twice
        with_refund = (
            set(BookRow.objects.filter(party=drawn[0].party).values_list("refunds", flat=True)) if drawn else ()
        )
        drawn = [one for one in drawn if one.setl_id not in with_refund]
    count = int(asked.get("count", 1))
    if len(drawn) < count:
        raise LookupError(f"只有 {len(drawn)} 条结算可用于故障 {kind}")
    return drawn[:count]


def _lose(one: BookRow, asked: Mapping[str, Any]) -> None:
    one.is_hidden, one.fault = True, "missing_there"
    one.save(update_fields=["is_hidden", "fault"])


def _lose_refund(one: BookRow, asked: Mapping[str, Any]) -> None:
    one.is_hidden, one.fault = True, "refund_here"
    one.save(update_fields=["is_hidden", "fault"])


def _invent(one: BookRow, asked: Mapping[str, Any]) -> None:
    """A settlement that nobody here knows, like this one but another person's."""
    _copy(one, "missing_here", f"X{one.setl_id[1:]}", mdtrt_id=f"X{one.mdtrt_id[1:]}", psn_no=f"98{one.psn_no[2:]}")
    one.setl_id = f"X{one.setl_id[1:]}"


def _twice(one: BookRow, asked: Mapping[str, Any]) -> None:
    _copy(one, "twice", one.setl_id)


def _pay_back(one: BookRow, asked: Mapping[str, Any]) -> None:
    """The centre paid it back, and nobody here did."""
    less = {name: -getattr(one, name) for name in SUMS}
    number = f"T{one.setl_id[1:]}"
    _copy(one, "refund_there", number, is_refund=True, refunds=one.setl_id, settlement=None, **less)
    one.setl_id = number


def _change(one: BookRow, asked: Mapping[str, Any]) -> None:
    more = Decimal(str(asked.get("amount", "1.00")))
    one.before = {name: str(getattr(one, name)) for name in ("medfee_sumamt", "fund_pay_sumamt")}
    one.medfee_sumamt, one.fund_pay_sumamt, one.fault = one.medfee_sumamt + more, one.fund_pay_sumamt + more, "amount"
    one.save(update_fields=["medfee_sumamt", "fund_pay_sumamt", "before", "fault"])


def _delay(one: BookRow, asked: Mapping[str, Any]) -> None:
    """The centre booked it a few minutes after midnight."""
    one.before, one.fault = {"at": one.at.isoformat()}, "late"
    one.at = midnight(one.at.astimezone(SHANGHAI).date() + timedelta(days=1)) + timedelta(minutes=3)
    one.save(update_fields=["at", "before", "fault"])


def _copy(one: BookRow, fault: str, setl_id: str, **changed: Any) -> None:
    copied = BookRow.objects.get(pk=one.pk)
    copied.pk, copied.settlement, copied.fault, copied.setl_id = None, None, fault, setl_id
    # Half a day's numbers away: no other row of that second has it.
    copied.msgid = one.msgid if fault == "twice" else f"{one.msgid[:-4]}{(int(one.msgid[-4:]) + 5000) % 10_000:04d}"
    for name, value in changed.items():
        setattr(copied, name, value)
    copied.save(force_insert=True)


Spoil = Callable[[BookRow, Mapping[str, Any]], None]
SPOILS: Mapping[str, Spoil] = {
    "missing_there": _lose,
    "missing_here": _invent,
    "amount": _change,
    "refund_there": _pay_back,
    "refund_here": _lose_refund,
    "twice": _twice,
    "late": _delay,
}
#: Faults that added a row.
ADDED: Sequence[str] = ("missing_here", "twice", "refund_there")
