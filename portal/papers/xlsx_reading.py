"""Reading an Excel file that somebody brought: within limits, values only, formulas never computed (design 4.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

if not DEFUSEDXML:
    raise ImportError("openpyxl parses with defusedxml, or not at all")

MAGIC = b"PK\x03\x04"
PIECE = 64 * 1024
INSIDE = (".xml", ".rels", ".vml", ".bin", ".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf")


class UnreadableFile(ValueError):
    """The file is no workbook that we read; `sentence` tells the person why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Limits:
    """What a file may cost: bytes as it came and unpacked, entries, how far it was packed, rows and columns read."""

    file: int = 5 * 1024 * 1024
    unpacked: int = 48 * 1024 * 1024
    entries: int = 200
    ratio: int = 200
    rows: int = 20_000
    columns: int = 100


@dataclass(frozen=True)
class Line:
    """One row: its number as Excel shows it, and its values."""

    number: int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Formula:
    """A cell that Excel would compute, or text that looks like it: nobody knows what it stands for."""

    text: str


def read_xlsx(content: bytes, limits: Limits | None = None) -> list[Line]:
    """The first sheet's rows that are not empty, as values: text, int, float, datetime or None.

    Raises UnreadableFile with a sentence for people.
    """
    return list(stream_xlsx(content, limits, keep_formulas=False))


def stream_xlsx(content: bytes, limits: Limits | None = None, *, keep_formulas: bool = True) -> Iterator[Line]:
    """The same rows one after another, so that memory does not grow with them.

    With `keep_formulas` a formula is a `Formula` instead of the value that it had when the file was saved.
    Raises UnreadableFile, also between two rows.
    """
    allowed = limits or Limits()
    look_before_unzipping(content, allowed)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=not keep_formulas, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # the file's own word about its size is no limit
            yield from _rows(sheet, allowed, keep_formulas)
        finally:
            book.close()
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:  # openpyxl raises nearly everything for a broken file
        raise UnreadableFile("文件不是有效的 Excel 工作簿（.xlsx），请用 Excel 另存后再导入") from error


def look_before_unzipping(content: bytes, limits: Limits) -> None:
    """Raises UnreadableFile when unpacking could cost more than is allowed; counts what really comes out."""
    if len(content) > limits.file:
        raise UnreadableFile(f"文件超过 {limits.file // 1024 // 1024} MB，请分成几个文件")
    if not content.startswith(MAGIC):
        raise UnreadableFile("文件不是 Excel 工作簿（.xlsx）；旧的 .xls 或 CSV 请先用 Excel 另存为 .xlsx")
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _look_at_entries(entries, len(content), limits)
            left = limits.unpacked
            for entry in entries:
                left -= _counted(archive, entry, left)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableFile("文件已损坏或加密，请用 Excel 打开后另存再导入") from error


def _look_at_entries(entries: list[ZipInfo], size: int, limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise UnreadableFile("文件内部结构异常（条目过多），没有读取")
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.unpacked or declared > size * limits.ratio:
        raise UnreadableFile("文件解压后过大，没有读取；请只保留需要的工作表和列")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or entry.flag_bits & 0x1:
            raise UnreadableFile("文件内部结构异常，没有读取")
        if not entry.is_dir() and not path.name.lower().endswith(INSIDE):
            raise UnreadableFile("文件内嵌有其他文件，没有读取；请只保留数据后另存")


def _counted(archive: ZipFile, entry: ZipInfo, left: int) -> int:
    """Bytes that really come out of an entry; stops as soon as they are too many."""
    found = 0
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            found += len(piece)
            if found > left:
                raise UnreadableFile("文件解压后过大，没有读取；请只保留需要的工作表和列")
    return found


def _rows(sheet: Any, limits: Limits, keep_formulas: bool) -> Iterator[Line]:
    found = 0
    for number, row in enumerate(sheet.iter_rows(max_col=limits.columns, values_only=True), start=1):
        is_filled = any(value not in (None, "") for value in row)
        found += is_filled
        if found > limits.rows or number > limits.rows * 2:
            raise UnreadableFile(f"最多读取 {limits.rows:,} 行，请分成几个文件")
        if is_filled:
            yield Line(number, tuple(map(_value, row)) if keep_formulas else tuple(row))


def _value(value: Any) -> Any:
    if isinstance(value, ArrayFormula | DataTableFormula) or (isinstance(value, str) and value.startswith("=")):
        return Formula(str(getattr(value, "text", value)))
    return value
