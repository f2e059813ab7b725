"""Two books of a million rows each, laid beside each other in constant memory: only what does not agree is left.

The centre's file and our entries are read as streams. Of each line that the centre agrees with, eight bytes are kept: a
keyed hash of number, sign and amounts. A line is put aside as agreeing when the other side has the very same; that one
of the lines put aside is wrong takes two different lines with the same 64 bits, which nobody can aim at, since the key
is the process's own. Everything else is looked at by the rules (reconciliation.rules), line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portal.ledger.facts import Standing
from portal.ledger.models import Entry
from portal.vault import mask_identity
from reconciliation.rules import Line
from reconciliation.services.result_files import Layout

#: Lines of a side that may disagree in one file; more are no differences but another book.
MOST = 100_000
REFUND = "1"
NULL = "null"
#: What COPY writes: number, sign, amounts; then the id, which is not compared.
COLUMNS = ("setl_id", "is_refund", "total", "fund", "account", "id")
ID = 37
Row = Sequence[str]
Rows = Callable[[], tuple[Layout, Iterator[list[str]]]]


class TooMany(Exception):
    """The two books are not of the same days or scope; `sentence` says how many lines disagree."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Narrowed:
    """What is left of two books: ids of our entries and lines of the centre's; and how many there were of each.

    `is_complete`: the centre lists what agrees, too. Otherwise what it does not mention agrees.
    """

    ours: int = 0
    theirs: int = 0
    agreed: int = 0
    is_complete: bool = False
    suspects: list[UUID] = field(default_factory=list)
    lines: list[tuple[Line, Row]] = field(default_factory=list)


def narrow(entries: QuerySet[Entry], rows: Rows, *, agreeing: frozenset[str]) -> Narrowed:
    """Lay a result file beside the entries it is about; inside the door. Raises TooMany, and Unreadable as it reads.

    `rows` opens the file; it is read twice when something disagrees. `agreeing` are the verdicts that mean agreement.
    """
    found = Narrowed()
    known = _read_theirs(found, rows, agreeing)
    found.is_complete = bool(known) or found.theirs >= (entries.count() or 1)
    mentioned = None if found.is_complete else _mentioned(found)
    _read_ours(found, entries, known, mentioned)
    if known:
        _read_rest(found, rows, agreeing, known)
    return found


def _read_theirs(found: Narrowed, rows: Rows, agreeing: frozenset[str]) -> set[int]:
    """Hashes of what the centre agrees with; everything else is a suspect at once."""
    layout, lines = rows()
    known: set[int] = set()
    at = _places(layout)
    if at is None:
        for number, row in enumerate(lines, start=1):
            _suspect(found, layout, row, number, agreeing)
        found.theirs = len(found.lines)
        return known
    width, setl, flag, verdict, total, fund, account = at
    number, good = 0, agreeing
    for row in lines:
        number += 1
        if len(row) >= width and row[verdict] in good:
            mark = _mark(row[setl], row[flag], row[total], row[fund], row[account])
            if mark not in known:
                known.add(mark)
                continue
        _suspect(found, layout, row, number, agreeing)
    found.theirs = number
    return known


def _mark(setl_id: str, flag: str, total: str, fund: str, account: str) -> int:
    """Of the same text as COPY writes of our entry; other ways to write an amount come to the same."""
    if not total[-3:-2] == fund[-3:-2] == account[-3:-2] == ".":
        total, fund, account = _cents(total), _cents(fund), _cents(account)
    return hash(f"{setl_id}\t{'t' if flag == REFUND else 'f'}\t{total}\t{fund}\t{account}")


def _cents(text: str) -> str:
    amount = _amount(text)
    return text if amount is None else f"{amount:.2f}" if amount == round(amount, 2) else text


def _places(layout: Layout) -> tuple[int, int, int, int, int, int, int] | None:
    """Where the columns stand that agreement is about; None when the file lacks one of them."""
    names = ("setl_id", "refd_setl_flag", "stmt_rslt", "medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    places = [getattr(layout, name) for name in names]
    if any(place is None for place in places):
        return None
    setl, flag, verdict, total, fund, account = places
    return max(places) + 1, setl, flag, verdict, total, fund, account


def _read_ours(found: Narrowed, entries: QuerySet[Entry], known: set[int], mentioned: set[str] | None) -> None:
    """Our settled entries, one by one; what the centre has in the same words is taken out of `known`."""
    settled = entries.filter(standing=Standing.SETTLED)
    count = 0
    for row in copied(settled, COLUMNS):
        count += 1
        text = str(row, "utf-8")
        mark = hash(text[: -ID - 1])
        if mark in known:
            known.discard(mark)
        elif mentioned is None or text.partition("\t")[0] in mentioned:
            _put(found, UUID(text[-ID:].rstrip()))
    found.agreed = count - len(found.suspects)
    found.ours = count
    if mentioned is not None:  # the file names some of them by the message only
        named = settled.filter(msgid__in=mentioned).exclude(pk__in=found.suspects).values_list("pk", flat=True)
        found.suspects += list(named)
        found.agreed -= len(named)
    found.suspects += list(entries.exclude(standing=Standing.SETTLED).values_list("pk", flat=True)[:MOST])


def _put(found: Narrowed, entry: UUID) -> None:
    if len(found.suspects) >= MOST:
        raise TooMany(f"本机构有超过 {MOST:,} 笔与中心不一致：请先核对对账的日期和范围，再重新对账")
    found.suspects.append(entry)


def _read_rest(found: Narrowed, rows: Rows, agreeing: frozenset[str], known: set[int]) -> None:
    """What the centre agrees with and we do not have in the same words."""
    layout, lines = rows()
    at = _places(layout)
    if at is None:
        return
    width, setl, flag, verdict, total, fund, account = at
    for number, row in enumerate(lines, start=1):
        if len(row) >= width and row[verdict] in agreeing:
            mark = _mark(row[setl], row[flag], row[total], row[fund], row[account])
            if mark in known:
                known.discard(mark)
                _suspect(found, layout, row, number, agreeing)


def _suspect(found: Narrowed, layout: Layout, row: Row, number: int, agreeing: frozenset[str]) -> None:
    if len(found.lines) >= MOST:
        raise TooMany(f"中心有超过 {MOST:,} 笔与本机构不一致：请先核对对账的日期和范围，再重新对账")
    found.lines.append((line_of(layout, row, number, agreeing), tuple(row)))


def _mentioned(found: Narrowed) -> set[str]:
    """Every number that the file names."""
    return {name for line, _ in found.lines for name in (line.setl_id, line.msgid) if name}


def copied(rows: QuerySet[Entry], columns: Sequence[str]) -> Iterator[bytes]:
    """The rows as COPY writes them, one line each, in no order: row security holds, and nothing is kept in memory."""
    text, params = rows.order_by().values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT", params) as stream:
        yield from stream


def line_of(layout: Layout, row: Row, number: int, agreeing: frozenset[str]) -> Line:
    """A row of the file as a line; what cannot be read of it is missing, and never taken for agreement."""

    def told(name: str) -> str:
        place = getattr(layout, name)
        text = row[place].strip() if place is not None and place < len(row) else ""
        return "" if text.lower() == NULL else text

    amounts = [_amount(told(name)) for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")]
    verdict, setl_id, msgid, person = told("stmt_rslt"), told("setl_id"), told("msgid"), told("psn_no")
    is_refund = told("refd_setl_flag") == REFUND
    return Line(
        ref=number,
        setl_id=setl_id,
        msgid=msgid,
        mdtrt_id=told("mdtrt_id"),
        person=mask_identity(person),
        is_refund=is_refund,
        total=amounts[0],
        fund=amounts[1],
        account=amounts[2],
        verdict="agrees" if verdict in agreeing else "differs",
        memo=told("memo"),
        is_echo=not msgid and (not setl_id or amounts == [None, None, None]),
    )


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
