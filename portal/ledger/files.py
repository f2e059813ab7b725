"""A file that somebody brought: kept sealed until a worker has read it, read in pieces, never as a whole.

The disk sees only ciphertext: the file names patients by their numbers.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from portal.gateway.crypto import sm3
from portal.ledger.lines import NAMES, columns_of, missing
from portal.papers.xlsx_reading import MAGIC, Formula, Limits, UnreadableFile, stream_xlsx
from portal.vault.seal import Place, seal, unseal

PIECE = 1024 * 1024
#: Bytes of a text file, rows of any file, and what an Excel file may cost: its reader keeps every different text.
MOST_BYTES = 400 * 1024 * 1024
MOST_ROWS = 1_000_000
EXCEL = Limits(file=40 * 1024 * 1024, unpacked=400 * 1024 * 1024, ratio=200, rows=200_000, columns=60)
LONGEST_LINE = 20_000


class Store:
    """Where the file of one arrival lies, a megabyte a seal."""

    def __init__(self, institution: int, arrival: object) -> None:
        self.institution, self.arrival = institution, str(arrival)
        self.path = f"ledger/{institution}/{arrival}"

    def keep(self, content: File[Any]) -> tuple[int, str]:
        """Seal the file piece by piece; its size and its SM3 over those of the pieces."""
        self.forget()
        sealing = _Sealing(content, self._place)
        default_storage.save(self.path, sealing)
        return sealing.told, sm3(b"".join(sealing.digests)).hex()

    def pieces(self) -> Iterator[bytes]:
        """The file again; raises BrokenSeal when it was changed, FileNotFoundError when it is gone."""
        with default_storage.open(self.path, "rb") as kept:
            number = 0
            while head := kept.read(4):
                yield unseal(kept.read(int.from_bytes(head, "big")), self._place(number))
                number += 1

    def forget(self) -> None:
        default_storage.delete(self.path)

    def _place(self, number: int) -> Place:
        return Place("ledger_entryarrival", "file", self.institution, f"{self.arrival}/{number}")


class _Sealing(File):  # type: ignore[type-arg]
    """A file as the storage writes it: its pieces, each sealed, behind their lengths."""

    def __init__(self, content: File[Any], place: Callable[[int], Place]) -> None:
        super().__init__(content.file, "sealed")
        self.content, self.place = content, place
        self.told, self.digests = 0, list[bytes]()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for number, piece in enumerate(self.content.chunks(PIECE)):
            self.told += len(piece)
            self.digests.append(sm3(piece))
            sealed = seal(piece, self.place(number))
            yield len(sealed).to_bytes(4, "big") + sealed


#: A line's number as its reader shows it, and its values by our names.
Row = tuple[int, dict[str, Any]]


def rows_of(pieces: Iterable[bytes]) -> Iterator[Row]:
    """The lines of a text or an Excel file. Raises UnreadableFile with a sentence, also between two lines."""
    each = iter(pieces)
    first = next(each, b"")
    if first.startswith(MAGIC):
        yield from _named(_excel(b"".join(chain([first], each))))
    else:
        yield from _named(_cells(chain([first], each), _encoding(first)))


def _named(lines: Iterable[tuple[int, list[Any]]]) -> Iterator[Row]:
    """By the file's head, wherever it stands in the first lines; a file without one has the columns in our order."""
    columns: list[str] = []
    count = 0
    for number, cells in lines:
        if not columns:
            columns = columns_of(cells)
            if columns:
                if lacking := missing(columns):
                    raise UnreadableFile(f"缺少列：{'、'.join(lacking)}")
                continue
            if number > 20 or not _is_data(cells):
                if number > 20:
                    raise UnreadableFile("没有找到列名，也不是约定的列顺序；请使用模板")
                continue
            columns = list(NAMES)
        count += 1
        if count > MOST_ROWS:
            raise UnreadableFile(f"最多读取 {MOST_ROWS:,} 行，请分成几个文件")
        yield number, {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    if not columns:
        raise UnreadableFile("文件中没有数据")


def _is_data(cells: list[Any]) -> bool:
    """Whether a line without a head before it can be an entry: number, time and amounts stand where they belong."""
    return len(cells) >= 7 and bool(cells[0]) and str(cells[1])[:4].isdecimal()


def _excel(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    for line in stream_xlsx(content, EXCEL):
        if any(isinstance(cell, Formula) for cell in line.values):
            raise UnreadableFile(f"第 {line.number} 行有公式，请粘贴为数值后再导入")
        yield line.number, list(line.values)


def _encoding(first: bytes) -> str:
    """UTF-8 where its first megabyte is that, otherwise GB18030, which many hospital systems write."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(first)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _cells(pieces: Iterable[bytes], encoding: str) -> Iterator[tuple[int, list[Any]]]:
    """Tab-separated, or by commas where the first line has no tab; empty lines are left out."""
    lines = _lines(pieces, encoding)
    split = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if split is None:
            split = "\t" if "\t" in line else ","
        yield number, line.split(split) if split == "\t" else next(csv.reader([line]))


def _lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    rest = ""
    for piece in chain(pieces, [None]):
        try:
            text = decoder.decode(piece or b"", final=piece is None)
        except UnicodeDecodeError as error:
            raise UnreadableFile("文件编码不一致，请另存为 UTF-8 文本后再导入") from error
        *lines, rest = (rest + text).split("\n")
        if len(rest) > LONGEST_LINE:
            raise UnreadableFile("文件中有过长的行，不是约定的文本文件")
        for line in lines:
            yield line.removesuffix("\r")
    if rest:
        yield rest.removesuffix("\r")
