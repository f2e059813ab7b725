"""Many short papers in few documents: each keeps its own title, margins and "page x of y".

A press needs a third of a second for any document, however short; twenty papers in one cost little more than one.
Nothing is held but what is being printed, so that the number of papers does not matter.
"""

import queue
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from portal.papers.pages import PART_ROWS, Page, Part
from portal.papers.pdf import render_pages
from portal.papers.pressroom import PRESSES, Press, presses
from portal.papers.text import writable

#: Papers of one document, and the rows they may have together.
MOST_PAPERS, MOST_ROWS = 24, PART_ROWS
#: Documents after which the presses are given back, so that other papers have their turn.
ROUND = 8


@dataclass(frozen=True)
class Copy:
    """What render_pages takes, and `key`, by which its user knows it again."""

    key: Any
    template: str
    context: Mapping[str, Any]
    pages: Sequence[Page]

    @property
    def rows(self) -> int:
        return sum(len(page) for page in self.pages)


@dataclass(frozen=True)
class Printed:
    """One document: its papers in order, each with the number of its pages."""

    pdf: bytes
    papers: tuple[tuple[Any, int], ...]


def print_copies(copies: Iterable[Copy]) -> Generator[Printed]:
    """The papers in order, a document at a time; raises ForbiddenAsset and PaperFailed.

    `copies` is read as printing goes on. Closing the iterator ends the presses at once.
    """
    waiting = _batches(copies)
    while batches := list(islice(waiting, 1)):
        yield from _round(batches, waiting)


def _batches(copies: Iterable[Copy]) -> Iterator[list[Copy]]:
    batch: list[Copy] = []
    rows = 0
    for copy in copies:
        if batch and (len(batch) == MOST_PAPERS or rows + copy.rows > MOST_ROWS):
            yield batch
            batch, rows = [], 0
        batch.append(copy)
        rows += copy.rows
    if batch:
        yield batch


def _round(first: list[list[Copy]], more: Iterator[list[Copy]]) -> Iterator[Printed]:
    """Up to ROUND documents; a long paper is printed after them, by its own parts and presses."""
    long: list[Copy] = []
    with presses(PRESSES) as room, ThreadPoolExecutor(len(room)) as pool:
        idle: queue.SimpleQueue[Press] = queue.SimpleQueue()
        for press in room:
            idle.put(press)

        def printed(batch: list[Copy]) -> Printed | None:
            press = idle.get()
            try:
                pdf, count = press.print(_document(batch))
            finally:
                idle.put(press)
            return _counted(pdf, batch) if count == sum(len(copy.pages) for copy in batch) else None

        ahead: deque[tuple[list[Copy], Future[Printed | None]]] = deque()
        taken = 0
        try:
            batches = chain(first, more)
            while True:
                while len(ahead) <= len(room) and taken < ROUND and not long:
                    batch = next(batches, None)
                    if batch is None:
                        break
                    if batch[0].rows > MOST_ROWS:
                        long = batch
                        break
                    ahead.append((batch, pool.submit(printed, batch)))
                    taken += 1
                if not ahead:
                    break
                batch, future = ahead.popleft()
                yield future.result() or _apart(batch)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for press in room:
                press.end()
            raise
    if long:
        yield _apart(long)


def _document(batch: list[Copy]) -> str:
    """One HTML document of the whole batch, which is in `portal.papers` style like any other paper."""
    now = timezone.localtime()
    bodies = []
    for copy in batch:
        part = Part(copy.pages, 1, len(copy.pages), True, True)
        bodies.append(render_to_string(copy.template, {"printed_at": now, **copy.context, "part": part, "bound": True}))
    return writable(render_to_string("papers/bound.html", {"bodies": bodies}))


def _counted(pdf: bytes, batch: list[Copy]) -> Printed:
    return Printed(pdf, tuple((copy.key, len(copy.pages)) for copy in batch))


def _apart(batch: list[Copy]) -> Printed:
    """Each by itself: one of them was higher than planned, and the pages' numbers must not be wrong."""
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer, counts = PdfWriter(), []
    for copy in batch:
        reader = PdfReader(BytesIO(render_pages(copy.template, copy.context, copy.pages)))
        writer.append(reader)
        counts.append((copy.key, len(reader.pages)))
    file = BytesIO()
    writer.write(file)
    return Printed(file.getvalue(), tuple(counts))
