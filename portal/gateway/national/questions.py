"""Transactions that change something with one content and nothing with another, as questions of the second kind."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from portal.gateway.messages import Request
from portal.gateway.national.building import request_from
from portal.gateway.national.classes import kept_class
from portal.gateway.national.editions import Edition

#: Number → when it changes nothing. 3201 compares sums; only a span from the first day of a month to the last of one,
#: in the past, also applies for clearing (Sichuan guide, chapter 7, 总账对账, 2).
ASKS = {"3201": "对账时间段不是从月初第一天到月末最后一天"}


def question(number: str, edition: Edition) -> type[Request[Any]]:
    """The transaction as a query: `client.ask` takes it. LookupError for a number that always changes something.

    Whoever composes it answers for the content being of the harmless kind.
    """
    if number not in ASKS:
        raise LookupError(f"{number} is no question")
    return _made(number, edition.digest, edition)


@lru_cache(maxsize=16)
def _made(number: str, digest: str, edition: Edition) -> type[Request[Any]]:
    whole = kept_class(edition, number)
    effect = replace(edition.effect(number), safe=True, replaces=False, undo="", check="")
    # An edition's name keeps it out of the register, where the changing transaction stands.
    made = replace(edition.made(), edition=digest or f"{whole.gateway.name}-asked")
    return request_from(edition.table(number), effect, made)
