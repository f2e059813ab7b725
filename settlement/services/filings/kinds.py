"""What differs between kinds of filings: numbers, nodes, and which items say what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from portal.gateway.messages import Request, faults
from portal.gateway.national import compose, current_edition, transaction
from portal.gateway.national.editions import Edition
from settlement.models import FilingKind
from settlement.services.refusals import Refused


@dataclass(frozen=True)
class Kind:
    """`file`, `undo` and `query` are transactions; `shown` is the node of the query's answer.

    `about` are pairs of our item and the query's that have to be equal; `lists_pending`: the query shows filings that
    the centre has not decided about.
    """

    file: str
    undo: str
    query: str
    shown: str
    node: str
    code: str
    name: str
    about: tuple[tuple[str, str], ...]
    lists_pending: bool = False


KINDS: Mapping[str, Kind] = {
    FilingKind.TRANSFER: Kind(
        *("2501A", "2502", "5304", "refmedin", "refmedin", "reflin_medins_no", "reflin_medins_name"),
        about=(("reflin_medins_no",) * 2, ("refl_date",) * 2, ("diag_code",) * 2),
        lists_pending=True,
    ),
    FilingKind.CHRONIC: Kind(
        *("2503", "2504", "5301", "feedetail", "data", "opsp_dise_code", "opsp_dise_name"),
        about=(("opsp_dise_code",) * 2, ("begndate",) * 2),
    ),
    FilingKind.DESIGNATED: Kind(
        *("2505", "2506", "5302", "psnfixmedin", "data", "fixmedins_code", "fixmedins_name"),
        about=(("fixmedins_code",) * 2, ("fix_srt_no",) * 2, ("begndate",) * 2),
    ),
    FilingKind.TWO: Kind(
        *("Z1101", "Z1102", "5301", "feedetail", "data", "two_dise_code", "two_dise_name"),
        about=(("two_dise_code", "opsp_dise_code"), ("begndate", "begndate")),
    ),
}


def number_of(kind: str, edition: Edition) -> str:
    """The transaction that files it under this edition: the A variant where there is one; "" without a table."""
    wanted = KINDS[kind].file
    if edition.has(wanted):
        return wanted
    base = wanted.removesuffix("A")
    return base if edition.has(base) else ""


def offered(edition: Edition) -> list[str]:
    """Kinds that this edition has a table for."""
    return [kind for kind in KINDS if number_of(kind, edition)]


def message(number: str, content: Mapping[str, Any], environment: str, insured_at: str) -> Request[Any]:
    """The checked request; Refused with every item that the table refuses, under its wire name."""
    edition = current_edition(environment)
    try:
        return compose(number, content, edition=edition, insured_at=insured_at)
    except ValidationError as error:
        found = [
            (str(fault.path[-1]) if fault.path else "", f"{fault.label}：{fault.sentence}")
            for fault in faults(error, transaction(number, edition))
        ]
        raise Refused.of(found) from None
