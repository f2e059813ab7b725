"""A catalogue file as a stream: out of its zip, line by line, into the arrivals; memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TypeVar
from zipfile import ZipFile

from django.db import connection

from portal.gateway.archives import BadArchive
from settlement.models import Catalogue, CatalogueArrival
from settlement.rules.catalogue import Parsed, Reader, WrongLine, columns_of

T = TypeVar("T")
#: Lines that are stored in one transaction.
PIECE = 5_000
#: Most characters of a line: the longest catalogue has 65 columns.
LONGEST_LINE = 100_000
COLUMNS = (
    *("catalogue_id", "place", "key", "code", "name", "words", "initials", "grams", "spec", "unit", "maker", "grade"),
    *("is_valid", "begins_on", "ends_on", "digest", "line"),
)
COPY = f"COPY {CatalogueArrival._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"
#: What COPY reads otherwise than it stands there.
ESCAPED = {ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r", ord("\\"): "\\\\", 0: ""}


def lines_of(path: Path, number: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, values) of every line of the zip's text file; WrongLine or BadArchive when it is none."""
    with ZipFile(path) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if len(entries) != 1:
            raise BadArchive(f"压缩文件中应有一个文本文件，现有 {len(entries)} 个文件")
        with archive.open(entries[0]) as packed, TextIOWrapper(packed, encoding="utf-8-sig", newline="\n") as text:
            yield from _lines(text, number)


def _lines(text: TextIOWrapper, number: str) -> Iterator[tuple[int, list[str]]]:
    place, first = 0, columns_of(number)[0]
    try:
        while line := text.readline(LONGEST_LINE):
            place += 1
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                raise WrongLine(f"第 {place} 行过长，不是目录文件")
            values = line.rstrip("\r\n").split("\t")
            if values == [""] or (place == 1 and values[0] in first):
                continue  # an empty line, or a line of headings
            yield place, values
    except UnicodeDecodeError:
        raise WrongLine(f"第 {place + 1} 行不是 UTF-8 文本") from None


def parsed_lines(reader: Reader, lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Parsed, str]]:
    """(line number, entry, line) of every line; WrongLine names the line that is wrong."""
    for place, values in lines:
        try:
            yield place, reader.read(values), "\t".join(values)
        except WrongLine as fault:
            raise WrongLine(f"第 {place:,} 行：{fault.sentence}") from None


def store(catalogue: Catalogue, rows: Sequence[tuple[int, Parsed, str]]) -> None:
    """Add these lines to the arrivals, inside the door."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(copied(catalogue.pk, rows))


def copied(catalogue_id: int, rows: Sequence[tuple[int, Parsed, str]]) -> bytes:
    """The lines as the database's COPY reads them."""
    return "".join([_copied(catalogue_id, *row) for row in rows]).encode()


def _copied(catalogue_id: int, place: int, one: Parsed, line: str) -> str:
    texts: list[str] = [one.key, one.code, one.name, one.words, one.initials]
    texts += [one.spec, one.unit, one.maker, one.grade]
    if "\\" in line or "\r" in line or "\0" in line:
        texts, line = [text.translate(ESCAPED) for text in texts], line.translate(ESCAPED)
    else:
        line = line.replace("\t", "\\t")
    return "\t".join(
        (
            str(catalogue_id),
            str(place),
            *texts[:5],
            "{" + ",".join(one.grams) + "}",
            *texts[5:],
            "t" if one.is_valid else "f",
            one.begins_on or "\\N",
            one.ends_on or "\\N",
            one.digest,
            line + "\n",
        )
    )


def pieces(items: Iterable[T], size: int = PIECE) -> Iterator[list[T]]:
    coming = iter(items)
    while piece := list(islice(coming, size)):
        yield piece
