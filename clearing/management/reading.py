"""Reading a finished paper back, as a person would: for the demonstration and the tests."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from clearing.papers import KINDS, PaperKind
from portal.papers import capitals


@dataclass(frozen=True)
class PaperText:
    """What a printed paper says, without spaces and in plain forms; amounts in yuan.

    `title` and `institution` are empty, `count` and `total` None where the text does not have them.
    """

    text: str
    pages: int
    kind: PaperKind | None
    title: str
    institution: str
    period: str
    count: int | None
    total: Decimal | None
    capitals: str

    def says(self, words: str) -> bool:
        """Whether it says that, whatever the spacing."""
        return plain(words) in self.text

    def differences(self, kind_name: str, *, institution: str, year: int, count: int, total: Decimal) -> list[str]:
        """What differs from what was expected, as sentences; empty when the paper is right."""
        kind = KINDS[kind_name]
        wanted: dict[str, tuple[Any, Any]] = {
            "标题": (self.title, plain(kind.heading)),
            "机构": (self.institution, plain(institution)),
            "期间": (self.period, plain(f"{year} 年 1 月 1 日至 {year} 年 12 月 31 日")),
            "条数": (self.count, count),
            "合计": (self.total, total),
            "大写金额": (self.capitals, plain(capitals(total))),
        }
        return [f"{what}：应为 {right}，报表上为 {found}" for what, (found, right) in wanted.items() if found != right]


def plain(words: str) -> str:
    """Without spaces, and full-width forms as plain ones."""
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", words))


def read_paper(pdf: bytes) -> PaperText:
    """What stands on the PDF of one of the papers."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return read_text("".join(pages), len(pages))


def read_text(words: str, pages: int = 1) -> PaperText:
    """The same from text, for instance that of pdftotext."""
    text = plain(words)
    kind = next((one for one in KINDS.values() if plain(one.heading) in text), None)
    total = re.search(r"\(小写\):[¥￥](-?[\d,]+\.\d\d)", text)
    count = re.search(r"(?<!小)(?<!额)合计\(([\d,]+)条\)", text)
    return PaperText(
        text=text,
        pages=pages,
        kind=kind,
        title=plain(kind.heading) if kind else "",
        institution=_after(text, r"填报机构:(.+?)清算期间"),
        period=_after(text, r"清算期间:(\d{4}年1月1日至\d{4}年12月31日)"),
        count=int(count[1].replace(",", "")) if count else None,
        total=Decimal(total[1].replace(",", "")) if total else None,
        capitals=_after(text, r"\(大写\):(.+?)\(小写\)"),
    )


def _after(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""
