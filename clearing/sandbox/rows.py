"""From what is owed to a clearing row: amounts in yuan that add up, and a few that do not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from clearing.identities import factor_of
from clearing.sandbox.city import LOCAL, Line, Options, lines
from clearing.sandbox.models import Book, Row

CENT = Decimal("0.01")
#: Which identity is spoilt; the rows that break one take turns.
BROKEN = ("disburse", "deposit_refund", "fund_due")
ENDINGS = ("-REJECT", "-TIMEOUT", "-GARBLE", "-SLOW")


def yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2).quantize(CENT)


def refund(deposit: Decimal, score: Decimal) -> Decimal:
    """What is paid back of a deposit at this assessment score."""
    return (deposit * factor_of(score)).quantize(CENT, ROUND_HALF_UP)


def make_rows(book: Book, options: Options, tag: str, aka080: str, qsjg00: str) -> Iterator[Row]:
    """The rows of one insurance and agency, numbered anew with every generation of the book."""
    owed = lines(options, book.year, aka080)
    broken = _broken(options, book.year, aka080, owed)
    number = 0
    for position, line in enumerate(owed):
        if line.qsjg00 != qsjg00:
            continue
        number += 1
        ending = ENDINGS[number - 1] if options.magic_rows and number <= len(ENDINGS) else ""
        row_id = f"{tag}{book.year}{aka080}{qsjg00}{book.generations:02d}{number:05d}{ending}"
        yield Row(
            book=book,
            row_id=row_id,
            aka080=aka080,
            qsjg00=qsjg00,
            medins_code=line.place.code,
            medins_name=line.place.name,
            medins_type=line.place.kind,
            insu_admdvs=line.region,
            akc191=line.akc191,
            clr_type=line.clr_type,
            visit_count=sum(line.visits),
            **amounts(line, broken.get(position, "")),
        )


def amounts(line: Line, broken: str) -> dict[str, Any]:
    """The row's amounts; `broken` names the one identity that does not hold."""
    due = yuan(sum(line.due)) + (Decimal("1000.00") if broken == "fund_due" else 0)
    # Whole yuan, so that every factor gives whole cents and sums of refunds are refunds of sums.
    deposit = (due * Decimal("0.05")).quantize(Decimal(1), ROUND_HALF_UP).quantize(CENT)
    paid, deduct, score = yuan(sum(line.paid)), yuan(line.deduct), yuan(line.score)
    return {
        "medfee_sumamt": yuan(sum(line.fees)),
        "fund_due_amt": due,
        "monthly_paid_amt": paid,
        "deposit_amt": deposit,
        "deduct_amt": deduct,
        "assess_score": score,
        "deposit_refund_amt": refund(deposit, score) + (Decimal("0.10") if broken == "deposit_refund" else 0),
        "disburse_amt": due - paid - deposit - deduct + (CENT if broken == "disburse" else 0),
        "broken": broken,
    }


def _broken(options: Options, year: str, aka080: str, owed: tuple[Line, ...]) -> dict[int, str]:
    local = [position for position, line in enumerate(owed) if line.qsjg00 == LOCAL]
    chosen = Random(f"{options.seed}:{year}:{aka080}:broken").sample(local, min(options.broken_rows, len(local)))
    return {position: BROKEN[number % len(BROKEN)] for number, position in enumerate(sorted(chosen))}
