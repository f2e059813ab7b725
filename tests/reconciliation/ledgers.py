"""Small ledgers, written as a bookkeeper would: a word for each settlement, and what is special about it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from reconciliation.rules import Found, Line, compare

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 17)


def at(day: date, clock: str = "10:00:00") -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M:%S").time(), SHANGHAI)


def ledger(*words: str, side: str = "", **everywhere: object) -> list[Line]:
    """`A:100/60`: settlement A of 100.00 yuan, 60.00 of them from the fund; a minus is its refund.

    After a blank: `@23:59:59` its time, `pending`, `doubtful`, `yesterday` (ours, of another day), `scope` (ours, of
    another scope), `echo` (the centre has none), `differs` (says the centre), `no-id` (only the message is known).
    """
    return [_line(word, side, everywhere) for word in words]


def _line(word: str, side: str, everywhere: dict[str, Any]) -> Line:
    told, *rest = word.split()
    name, _, amounts = told.partition(":")
    total, _, fund = amounts.partition("/")
    line = Line(
        ref=f"{side}{word}",
        setl_id=f"S{name}",
        msgid=f"M{name}",
        is_refund=total.startswith("-"),
        total=Decimal(total).quantize(Decimal("0.01")) if total else None,
        fund=Decimal(fund or total).quantize(Decimal("0.01")) if total else None,
        account=Decimal("0.00") if total else None,
        settled_at=at(DAY),
        day=DAY,
    )._replace(**everywhere)
    for special in rest:
        line = line._replace(**_special(special, line))
    return line


def _special(word: str, line: Line) -> dict[str, Any]:
    if word.startswith("@"):
        return {"settled_at": at(line.day or DAY, word[1:])}
    specials: dict[str, dict[str, Any]] = {
        "pending": {"standing": "pending"},
        "doubtful": {"standing": "doubtful", "setl_id": ""},
        "yesterday": {"outside": "day", "day": DAY - timedelta(days=1)},
        "scope": {"outside": "scope"},
        "echo": {"is_echo": True, "msgid": "", "total": None, "fund": None, "account": None, "verdict": "differs"},
        "differs": {"verdict": "differs"},
        "no-id": {"setl_id": ""},
        "no-sums": {"total": None, "fund": None, "account": None},
    }
    return specials[word]


def found_in(ours: list[Line], theirs: list[Line], day: date = DAY) -> list[Found]:
    return list(compare(ours, theirs, begins_at=at(day, "00:00:00"), ends_at=at(day + timedelta(days=1), "00:00:00")))


def kinds(ours: list[Line], theirs: list[Line], day: date = DAY) -> list[str]:
    return [str(one.kind) for one in found_in(ours, theirs, day)]
