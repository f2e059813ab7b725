"""Two books of a million rows each, laid beside each other in constant memory: only what does not agree is left.

The centre's file and our entries are read as streams, in turn. Of a line that has not met its like a keyed hash of
number, sign and amounts is kept. A line is put aside as agreeing when the other side has the very same; that one of
those is wrong takes two different lines with the same 64 bits, which nobody can aim at, since the key is the process's
own. Everything else is looked at by the rules (reconciliation.rules), line by line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

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
#: Lines of one side that are read before it is the other side's turn.
TOGETHER = 8_192
Row = Sequence[str]
Rows = Callable[[], tuple[Layout, Iterator[list[str]]]]


class TooMany(Exception):
    """The two books are not of the same days or scope; `sentence` says how many lines disagree."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Sums:
    """What a side's settlements come to, in cents; `is_told` while every line has its amounts."""

    count: int = 0
    total: int = 0
    fund: int = 0
    is_told: bool = True

    def add(self, total: str, fund: str) -> None:
        try:
            self.total += int(total[:-3] + total[-2:]) if total[-3:-2] == "." else round(Decimal(total) * 100)
            self.fund += int(fund[:-3] + fund[-2:]) if fund[-3:-2] == "." else round(Decimal(fund) * 100)
        except (ValueError, ArithmeticError):
            self.is_told = False
        self.count += 1


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
    #: Hashes that the centre has more than once before we have them.
    again: list[int] = field(default_factory=list)
    sums: Sums = field(default_factory=lambda: Sums())


def narrow(entries: QuerySet[Entry], rows: Rows, *, agreeing: frozenset[str]) -> Narrowed:
    """Lay a result file beside the entries it is about; inside the door. Raises TooMany, and Unreadable as it reads.

    `rows` opens the file, more than once. `agreeing` are the verdicts that mean agreement.
    """
    found = Narrowed()
    settled = entries.filter(standing=Standing.SETTLED)
    layout, lines = rows()
    at = _places(layout)
    if at is None or not any(len(row) >= at.width and row[at.verdict] in agreeing for row in lines):
        _lists_differences_only(found, settled, rows, agreeing)
    else:
        left = _side_by_side(found, settled, rows, at, agreeing)
        if left or found.again:
            _read_rest(found, rows, at, agreeing, left)
    found.suspects += list(entries.exclude(standing=Standing.SETTLED).values_list("pk", flat=True)[:MOST])
    return found


class At(NamedTuple):
    """Where the columns stand that agreement is about; `width` columns at least has a line that has them all."""

    width: int
    setl_id: int
    flag: int
    verdict: int
    total: int
    fund: int
    account: int


def _places(layout: Layout) -> At | None:
    """None when the file lacks one of them."""
    names = ("setl_id", "refd_setl_flag", "stmt_rslt", "medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    places = [getattr(layout, name) for name in names]
    return None if None in places else At(max(places) + 1, *places)


def _lists_differences_only(found: Narrowed, settled: QuerySet[Entry], rows: Rows, agreeing: frozenset[str]) -> None:
    """A file in which nothing agrees: either nothing does, or the centre lists only what does not."""
    layout, lines = rows()
    for number, row in enumerate(lines, start=1):
        _counted(found, _suspect(found, layout, row, number, agreeing))
    found.theirs, found.ours = len(found.lines), settled.count()
    found.is_complete = found.theirs >= (found.ours or 1)
    found.sums.is_told = found.sums.is_told and found.is_complete
    if found.is_complete:
        chosen = settled
    else:
        names = {name for line, _ in found.lines for name in (line.setl_id, line.msgid) if name}
        chosen = settled.filter(Q(setl_id__in=names) | Q(msgid__in=names))
    found.suspects = list(chosen.values_list("pk", flat=True)[: MOST + 1])
    _refuse_too_many(found)
    found.agreed = found.ours - len(found.suspects)


def _side_by_side(found: Narrowed, settled: QuerySet[Entry], rows: Rows, at: At, agreeing: frozenset[str]) -> set[int]:
    """Read both in turn, a piece at a time, keeping only what has not met its like; hashes of the centre's rest.

    Where both come in about the same order, that is little; otherwise half of them at most.
    """
    found.is_complete = True
    layout, lines = rows()
    theirs, ours = _marked(found, layout, lines, at, agreeing), copied(settled, COLUMNS)
    waiting: set[int] = set()
    mine: dict[int, bytes] = {}
    is_open = True
    while is_open:
        is_open = False
        for mark in islice(theirs, TOGETHER):
            is_open = True
            if mine.pop(mark, None) is None:
                if mark in waiting:
                    found.again.append(mark)
                waiting.add(mark)
        for row in islice(ours, TOGETHER):
            is_open = True
            found.ours += 1
            mark = hash(str(row[: -ID - 1], "utf-8"))
            if mark in waiting:
                waiting.discard(mark)
            elif mark in mine:
                found.suspects.append(_id(row))
            else:
                mine[mark] = bytes(row[-ID:])
    found.suspects += [_id(row) for row in mine.values()]
    _refuse_too_many(found)
    found.agreed = found.ours - len(found.suspects)
    return waiting


def _marked(
    found: Narrowed, layout: Layout, lines: Iterator[list[str]], at: At, agreeing: frozenset[str]
) -> Iterator[int]:
    """Hashes of what the centre agrees with; everything else is a suspect at once."""
    width, setl_id, flag, verdict, total, fund, account = at
    number, add = 0, found.sums.add
    for row in lines:
        number += 1
        if len(row) >= width and row[verdict] in agreeing:
            add(row[total], row[fund])
            yield _mark(row[setl_id], row[flag], row[total], row[fund], row[account])
        else:
            _counted(found, _suspect(found, layout, row, number, agreeing))
    found.theirs = number


def _mark(setl_id: str, flag: str, total: str, fund: str, account: str) -> int:
    """Of the same text as COPY writes of our entry; other ways to write an amount come to the same."""
    if not total[-3:-2] == fund[-3:-2] == account[-3:-2] == ".":
        total, fund, account = _cents(total), _cents(fund), _cents(account)
    return hash(f"{setl_id}\t{'t' if flag == REFUND else 'f'}\t{total}\t{fund}\t{account}")


def _cents(text: str) -> str:
    amount = _amount(text)
    return text if amount is None or amount != round(amount, 2) else f"{amount:.2f}"


def _id(row: bytes) -> UUID:
    """The id that COPY wrote at the end of a line."""
    return UUID(str(row[-ID:], "ascii").rstrip())


def _refuse_too_many(found: Narrowed) -> None:
    if len(found.suspects) > MOST:
        raise TooMany(f"本机构有超过 {MOST:,} 笔与中心不一致：请先核对对账的日期和范围，再重新对账")


def _read_rest(found: Narrowed, rows: Rows, at: At, agreeing: frozenset[str], left: set[int]) -> None:
    """The lines of what the centre agrees with and we do not have in the same words, or not as often."""
    layout, lines = rows()
    wanted = Counter(left) + Counter(found.again)
    for number, row in enumerate(lines, start=1):
        if len(row) >= at.width and row[at.verdict] in agreeing:
            mark = _mark(row[at.setl_id], row[at.flag], row[at.total], row[at.fund], row[at.account])
            if wanted.get(mark, 0) > 0:
                wanted[mark] -= 1
                _suspect(found, layout, row, number, agreeing)


def _counted(found: Narrowed, line: Line) -> None:
    """A line that the centre really has is part of its sums."""
    if not line.is_echo:
        found.sums.add(*("" if one is None else f"{one:.2f}" for one in (line.total, line.fund)))


def _suspect(found: Narrowed, layout: Layout, row: Row, number: int, agreeing: frozenset[str]) -> Line:
    if len(found.lines) >= MOST:
        raise TooMany(f"中心有超过 {MOST:,} 笔与本机构不一致：请先核对对账的日期和范围，再重新对账")
    line = line_of(layout, row, number, agreeing)
    found.lines.append((line, tuple(row)))
    return line


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
