"""What every play begins with: the party's city, its open years, and the lock on the book of a year."""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clearing.sandbox.city import Options
from clearing.sandbox.models import Application, Book, Row
from portal.codes import code_list
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Refuse

SHANGHAI = ZoneInfo("Asia/Shanghai")


def options_of(party: Party) -> Options:
    return Options.of(party.app_code, party.institution, party.options)


def tag_of(party: Party) -> str:
    """What the party's row ids begin with, so that no two parties share one."""
    return hashlib.sha256(party.app_code.encode()).hexdigest()[:6].upper()


def open_year(party: Party, year: str) -> Options:
    """The city's options, or the refusal of a year that is not open (5.1)."""
    options = options_of(party)
    last = datetime.now(SHANGHAI).year
    if not options.first_year <= int(year) <= last:
        raise Refuse("1002", f"清算年份 {year} 未开放，可选 {options.first_year}—{last}")
    return options


def locked_book(party: Party, year: str) -> Book:
    """The book of a year, locked until the call's transaction ends."""
    Book.objects.get_or_create(party=party, year=year)
    return Book.objects.select_for_update().get(party=party, year=year)


def agencies(qsjg00: str | None) -> list[str]:
    """The agencies a request means: the one it names, or all."""
    return [qsjg00] if qsjg00 else [code for code, _ in code_list("clearing.qsjg00").choices()]


def scope(year: str, aka080: str, qsjg00: str | None) -> str:
    """The business key of a year, insurance and agency in the ledger of effects."""
    return f"{year}/{aka080}/{qsjg00 or 'all'}"


def rows_of(party: Party, year: str, aka080: str, qsjg00: str | None) -> QuerySet[Row]:
    found = Row.objects.filter(book__party=party, book__year=year, aka080=aka080)
    return found.filter(qsjg00=qsjg00) if qsjg00 else found


def live_applications(book: Book, aka080: str, qsjg00: str) -> QuerySet[Application]:
    return Application.objects.filter(book=book, aka080=aka080, qsjg00=qsjg00, is_live=True)


def agency_names(codes: list[str]) -> str:
    return "、".join(code_list("clearing.qsjg00").label(code) for code in codes)
