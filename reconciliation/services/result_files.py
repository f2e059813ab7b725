"""The file that 3202 made of the comparison: unpacked in pieces, its columns found, its lines told one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from reconciliation.models import Purpose, RawFile

#: The columns as printed; used when no edition names others.
OUTPUT = (
    *("psn_no", "mdtrt_id", "setl_id", "msgid", "stmt_rslt", "refd_setl_flag", "memo"),
    *("medfee_sumamt", "fund_pay_sumamt", "acct_pay"),
)
PIECE = 1024 * 1024
#: Names that the first line must have at least for being a line of names.
ENOUGH = 3
AMOUNTS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
BOM = b"\xef\xbb\xbf"


class Unreadable(ValueError):
    """The file is not what 3202 should bring; `sentence` tells people why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Layout:
    """Where each column stands in a line; None for one that the file does not have. `width` columns in all."""

    width: int
    has_header: bool
    psn_no: int | None
    mdtrt_id: int | None
    setl_id: int | None
    msgid: int | None
    stmt_rslt: int | None
    refd_setl_flag: int | None
    memo: int | None
    medfee_sumamt: int | None
    fund_pay_sumamt: int | None
    acct_pay: int | None

    @classmethod
    def of(cls, columns: Sequence[str], *, has_header: bool = False) -> Layout:
        places = {name.strip().lower(): place for place, name in enumerate(columns)}
        found = {name: places.get(name) for name in OUTPUT}
        return cls(width=len(columns), has_header=has_header, **found)


def read_result(content: bytes, columns: Sequence[str] = OUTPUT) -> tuple[Layout, Iterator[list[str]]]:
    """The layout and the lines of a packed result, split at Tab; `null` is left as it came.

    The first line may name the columns, in any order and with others among them; without names the order is
    `columns`. A line of another width is given as it is, except for the extra column that some centres put before the
    memo of a settlement that is no refund: that one is left out. Raises Unreadable, also while lines are read, for
    what is no zip, is cut off, or is not UTF-8.
    """
    lines = _lines(content)
    first = next(lines, None)
    if first is None:
        return Layout.of(columns), iter(())
    known = {name.lower() for name in (*columns, *OUTPUT)}
    names = [one.strip().lower() for one in first]
    if sum(one in known for one in names) >= ENOUGH:
        return Layout.of(names, has_header=True), lines
    layout = Layout.of(columns)
    return layout, _fitted(_before(first, lines), layout)


def _before(first: list[str], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rest


def _fitted(lines: Iterator[list[str]], layout: Layout) -> Iterator[list[str]]:
    width, memo, amount = layout.width, layout.memo, layout.medfee_sumamt
    if memo is None or amount is None:
        yield from lines
        return
    for line in lines:
        if len(line) > width and not _is_amount(line[amount]) and _is_amount(line[amount + 1]):
            del line[memo]
        yield line


def _is_amount(text: str) -> bool:
    return text.strip().lstrip("-").replace(".", "", 1).isdecimal()


def _lines(content: bytes) -> Iterator[list[str]]:
    """All lines of all files in the packed one; empty lines are left out."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                with archive.open(entry) as stream:
                    yield from _split(stream)
    except UnicodeDecodeError:
        raise Unreadable("对账结果文件不是 UTF-8 文本，没有读取") from None
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Unreadable("对账结果文件不是完整的压缩包，没有读取") from error


def _split(stream: IO[bytes]) -> Iterator[list[str]]:
    rest, is_first = b"", True
    while piece := stream.read(PIECE):
        if is_first:
            piece, is_first = piece.removeprefix(BOM), False
        whole, end, tail = piece.rpartition(b"\n")
        if not end:
            rest += piece
            continue
        text, rest = (rest + whole).decode("utf-8"), tail
        for line in (text.replace("\r", "") if "\r" in text else text).split("\n"):
            if line:
                yield line.split("\t")
    if rest.strip():
        yield rest.decode("utf-8").rstrip("\r").split("\t")


def results(run_id: UUID, round_: int) -> Iterator[RawFile]:
    """The readable results of a round, the newest of each category, office and part; one at a time in memory."""
    rows = RawFile.objects.filter(run=run_id, round=round_, purpose=Purpose.RESULT, problem="").order_by("id")
    newest = {
        (one[1], one[2], one[3], one[4]): one[0]
        for one in rows.values_list("pk", "clr_type", "clr_optins", "begin", "end")
    }
    for pk in newest.values():
        yield RawFile.objects.get(pk=pk)
