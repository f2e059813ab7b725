"""Files of 3202: reading what an institution sent, writing the result, and the ways a result may be wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence

from portal.gateway.sandbox.plays import Refuse

#: Columns of the result, in the documented order (3202, output file).
COLUMNS = (
    *("psn_no", "mdtrt_id", "setl_id", "msgid", "stmt_rslt", "refd_setl_flag", "memo"),
    *("medfee_sumamt", "fund_pay_sumamt", "acct_pay"),
)
#: Columns of what an institution sends (3202, input file).
SENT = ("setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "refd_setl_flag")
Rows = Sequence[Sequence[str]]


def sent_rows(packed: bytes) -> Iterator[Sequence[str]]:
    """The lines of a file that came with 9101, by the columns of `SENT`; refuses what is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    except (zipfile.BadZipFile, IndexError, UnicodeDecodeError):
        raise Refuse("7510", "文件不是压缩的 UTF-8 文本") from None
    for line in text.splitlines():
        row = line.split("\t")
        if len(row) < len(SENT):
            raise Refuse("7511", "文件的列数不正确")
        yield row


def result_file(rows: Rows, layout: str = "") -> bytes:
    """The result as it comes: a zip of one TXT, or what `layout` makes of it."""
    return LAYOUTS[layout](rows) if layout else _zipped(_text(rows))


def _text(rows: Rows) -> bytes:
    return "".join("\t".join(one or "null" for one in row) + "\n" for row in rows).encode()


def _zipped(text: bytes, name: str = "result.txt") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def _extra(rows: Rows) -> bytes:
    """A column more at the end, as one province adds it."""
    return _zipped(_text([[*row, "扩展"] for row in rows]))


def _moved(rows: Rows) -> bytes:
    """A column more before the memo of what is no refund, as one city was seen to do."""
    return _zipped(_text([[*row[:6], "", *row[6:]] if row[5] == "0" else row for row in rows]))


def _header(rows: Rows) -> bytes:
    """Another order, with the names in the first line."""
    return _zipped(_text([tuple(reversed(COLUMNS)), *(tuple(reversed(row)) for row in rows)]))


def _gbk(rows: Rows) -> bytes:
    return _zipped(_text(rows).decode().encode("gb18030"))


def _half(rows: Rows) -> bytes:
    whole = result_file(rows)
    return whole[: len(whole) // 2]


def _cut(rows: Rows) -> bytes:
    """A sound zip whose text ends in the middle of a row."""
    text = _text(rows)
    return _zipped(text[: len(text) * 2 // 3])


def _path(rows: Rows) -> bytes:
    return _zipped(_text(rows), "../../result.txt")


def _bomb(rows: Rows) -> bytes:
    return _zipped(bytes(400_000_000))


def _error(rows: Rows) -> bytes:
    return '{"code":"-1","message":"文件生成失败，请稍后重新对账"}'.encode()


LAYOUTS: Mapping[str, Callable[[Rows], bytes]] = {
    "extra": _extra,
    "moved": _moved,
    "header": _header,
    "gbk": _gbk,
    "half": _half,
    "cut": _cut,
    "path": _path,
    "bomb": _bomb,
    "error": _error,
}
