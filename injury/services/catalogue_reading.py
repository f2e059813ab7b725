"""A worker reads a file that somebody brought, a piece at a time: memory does not grow with its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from injury.models import CatalogueFile, FileKind, FileState
from injury.services import catalogue_import, mapping_import
from injury.services.catalogue_files import PIECE, finish_reading, forget_lines
from injury.services.refusals import Refused
from injury.services.sheet_lines import Faults, read_lines
from portal.access.member import Member
from portal.papers.xlsx_reading import Limits, UnreadableFile, stream_xlsx

T = TypeVar("T")
Row = tuple[int, dict[str, Any]]
Door = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int | None, str], None]
#: What a file may cost: a catalogue of 100,000 lines has some 8 MB packed and 100 MB unpacked.
LIMITS = {
    FileKind.CATALOGUE: Limits(file=20 * 1024 * 1024, unpacked=256 * 1024 * 1024, rows=120_000, columns=60),
    FileKind.MAPPINGS: Limits(file=10 * 1024 * 1024, unpacked=96 * 1024 * 1024, rows=50_000, columns=60),
}


def read_file(file_id: UUID, *, door: Door, progress: Progress) -> str:
    """Stage the file's lines and compare them; a closing note. Outside any transaction; begins again after a crash."""
    with door():
        file = CatalogueFile.objects.get(pk=file_id)
        if file.state != FileState.READING or file.content is None:
            return "这个文件已经读取过了"
        forget_lines(file)
    content, kind, faults = bytes(file.content), FileKind(file.kind), Faults()
    store = storing(kind, file, faults)
    stored = 0
    try:
        for piece in pieces(rows_of(kind, content, faults), PIECE):
            with door():
                if not CatalogueFile.objects.filter(pk=file_id, state=FileState.READING).exists():
                    return "这个文件已不再需要"
                stored += store(piece)
            progress(stored, None, f"已读取 {stored:,} 行")
    except (UnreadableFile, Refused) as refusal:
        faults.count += 1
        faults.first.insert(0, refusal.sentence)
    compare = catalogue_import.compare if kind == FileKind.CATALOGUE else mapping_import.compare
    with door():
        return finish_reading(file_id, stored, faults, compare)


def rows_of(kind: FileKind, content: bytes, faults: Faults) -> Iterator[Row]:
    """The file's lines as values; raises UnreadableFile or Refused."""
    lines = stream_xlsx(content, LIMITS[kind])
    if kind == FileKind.CATALOGUE:
        return read_lines(lines, catalogue_import.HEADS, faults, catalogue_import.is_no_line)
    return read_lines(lines, mapping_import.HEADS, faults, mapping_import.is_not_mapped)


def storing(kind: FileKind, file: CatalogueFile, faults: Faults) -> Callable[[list[Row]], int]:
    """Keeps a piece of lines, remembering those before it; returns how many were kept."""
    if kind == FileKind.CATALOGUE:
        seen = catalogue_import.Seen()
        return lambda rows: catalogue_import.store(file, rows, seen, faults)
    own: dict[tuple[str, str], int] = {}
    return lambda rows: mapping_import.store(file, rows, own, faults)


def use_file(file_id: UUID, kind: str, *, by: Member | None) -> str:
    """Take a file's lines over; a closing note. Inside the door."""
    use = catalogue_import.use if kind == FileKind.CATALOGUE else mapping_import.use
    return use(file_id, by=by)


def pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    coming = iter(items)
    while piece := list(islice(coming, size)):
        yield piece
