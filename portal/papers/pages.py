"""Which rows stand on which page, decided before anything is printed.

Then pages can be printed apart from each other and still read as one paper: every page is full, begins with the running
heading of its group and knows its number. Heights are millimetres; a paper states those of its own template.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Optional

#: Rows that are printed together: what a process needs for them stays near 300 MB.
PART_ROWS = 350
POINT = 25.4 / 72
#: May not begin a line, so that the character before moves down with it.
_CLOSING = frozenset("）)】》」』〕、，。；：！？,.;:!?%”’")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the paper's table. `running` is what a page that begins with this row shows first."""

    kind: str
    content: Any
    height: float
    with_next: bool = False
    with_previous: bool = False
    running: Optional["Row"] = None


Page = list[Row]


@dataclass(frozen=True)
class Part:
    """Pages that are printed together: `first_page` of `total` in the whole paper."""

    pages: Sequence[Page]
    first_page: int
    total: int
    is_first: bool
    is_last: bool


def pages_of(rows: Iterable[Row], *, first: float, other: float, tail: float = 0) -> list[Page]:
    """The rows page by page; `first` and `other` are the room for rows on the first page and on the others.

    `tail` is the room that what follows the table needs on the last page, together with the last rows.
    """
    pages: list[Page] = [[]]
    room, blocks = first, list(_blocks(rows))
    for place, block in enumerate(blocks, start=1):
        need = sum(row.height for row in block) + (tail if place == len(blocks) else 0)
        if need > room and pages[-1]:
            running = block[0].running
            pages.append([running] if running else [])
            room = other - sum(row.height for row in pages[-1])
        pages[-1].extend(block)
        room -= need
    return pages


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that may not be parted."""
    block: list[Row] = []
    for row in rows:
        if block and not row.with_previous and not block[-1].with_next:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def parts_of(pages: Sequence[Page], processes: int) -> list[Part]:
    """Parts of about PART_ROWS rows at most, as many as keep `processes` evenly busy."""
    rows = sum(len(page) for page in pages)
    wanted = math.ceil(rows / PART_ROWS)
    count = min(len(pages), math.ceil(wanted / processes) * processes if wanted > 1 else 1)
    ends = [len(pages) * place // count for place in range(count + 1)]
    return [
        Part(pages[start:end], start + 1, len(pages), start == 0, end == len(pages)) for start, end in pairwise(ends)
    ]


def lines_of(text: str, width: float, size: float) -> int:
    """How many lines the text takes at most in `width` millimetres, at `size` points."""
    most = width / (size * POINT)
    widths = [_ems(character) for character in text]
    if sum(widths) <= most:
        return 1
    # A word of letters moves down whole, a closing mark takes its neighbour along.
    word = longest = 0.0
    for ems in widths:
        word = word + ems if ems < 1 else 0.0
        longest = max(longest, word)
    lost = max(min(longest, most / 2), 1.0 if _CLOSING & set(text) else 0.0)
    return math.ceil(sum(widths) / (most - lost))


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character.isdigit():
        return 0.56
    return 0.8 if character.isupper() else 0.65
