"""Printed documents bound into one file with bookmarks, or cut out of one; from file to file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from portal.papers.text import writable


@dataclass(frozen=True)
class Bookmark:
    """`page` counts from 0 in the bound file; a bookmark of level 1 stands below the last one of level 0."""

    title: str
    page: int
    level: int = 0


def bind(parts: Iterable[Path], bookmarks: Sequence[Bookmark], target: Path, *, title: str) -> int:
    """Write the documents, in order, into one file; returns the number of its pages."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for part in parts:
        writer.append(part, import_outline=False)
    above: list[Any] = []
    for mark in bookmarks:
        del above[mark.level :]
        above.append(
            writer.add_outline_item(
                title=writable(mark.title), page_number=mark.page, parent=above[-1] if above else None
            )
        )
    writer.add_metadata({"/Title": writable(title)})
    writer.write(target)
    return len(writer.pages)


def excerpt(pages: Sequence[tuple[Path, int, int]], *, title: str) -> bytes:
    """A document of its own from (file, first page from 0, number of pages), in order."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for source, first, count in pages:
        writer.append(source, pages=(first, first + count), import_outline=False)
    writer.add_metadata({"/Title": writable(title)})
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def page_count(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)
