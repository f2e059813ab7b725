"""The four papers of the yearly clearing, as declarations: name, columns, page (clearing manual 9.1 to 9.4)."""

from dataclasses import dataclass, replace
from typing import Any

from clearing.models import Scope


@dataclass(frozen=True)
class PaperColumn:
    """A column of the printed table and of the xlsx.

    `kind` is that of portal.papers.xlsx, `characters` its width there; `width` is millimetres on paper, 0 = its share
    of what is left; `head` is the printed heading where it differs.
    """

    name: str
    label: str
    kind: str = "text"
    characters: int = 14
    width: float = 0
    css: str = "c"
    head: str = ""

    @property
    def heading(self) -> list[str]:
        """The printed heading, line by line."""
        return (self.head or self.label).split("|")


@dataclass(frozen=True)
class Sheet:
    """The printed page in millimetres: rows' text size in points, a row's height, and the room that a page has."""

    width: float
    size: float
    pad: float
    line: float
    first: float
    other: float
    tail: float


LANDSCAPE = Sheet(width=273, size=7.2, pad=1.4, line=3.31, first=147, other=170, tail=42)
PORTRAIT = Sheet(width=182, size=8, pad=2.0, line=3.68, first=230, other=253, tail=46)


@dataclass(frozen=True)
class PaperKind:
    """One of the four papers.

    `title` is the manual's name of it, `short` that of its tab, `heading` what is printed above it; `summed` names the
    amounts that are added up, `payable` the one that is written in capitals.
    """

    name: str
    title: str
    short: str
    heading: str
    clause: str
    columns: tuple[PaperColumn, ...]
    summed: tuple[str, ...]
    payable: str
    payable_label: str
    template: str
    sheet: Sheet
    #: Whether the paper is made for one agency or all; the others have none (9.2).
    by_agency: bool = True

    @property
    def file_stem(self) -> str:
        """The title as a file's name may have it."""
        return self.title.replace("/", "、")

    @property
    def is_refund(self) -> bool:
        return self.payable == "refund"

    def scope_of(self, scope: Scope) -> Scope:
        """The scope that the paper is about: without an agency where it has none."""
        return scope if self.by_agency else replace(scope, agency="")

    def place(self, name: str) -> int:
        """Which column it is, from 0."""
        return [column.name for column in self.columns].index(name)


def _money(name: str, label: str, characters: int = 18, width: float = 0) -> PaperColumn:
    return PaperColumn(name, label, "money", characters, width, css="money")


NUMBER = PaperColumn("number", "序号", "int", 6, 9)
SCORE = PaperColumn("score", "考核得分", "money", 10, 10, css="int", head="考核|得分")

DISBURSEMENT = PaperKind(
    name="disbursement",
    title="核拨表",
    short="核拨表",
    heading="医疗保险年终清算核拨表",
    clause="9.1",
    columns=(
        NUMBER,
        PaperColumn("provider_code", "医疗机构编号", "id", 16, 20),
        PaperColumn("provider_name", "医疗机构名称", "text", 34, 35.5, css=""),
        PaperColumn("visit_type_label", "就诊类型", width=17),
        PaperColumn("clearing_type_label", "清算类别", width=17),
        PaperColumn("visit_count", "人次", "int", 10, 13, css="int"),
        _money("medical_fee", "医疗费总额"),
        _money("fund_due", "基金应付"),
        _money("monthly_paid", "月结已付"),
        _money("deposit", "保证金", 16),
        _money("deduction", "扣款", 16),
        SCORE,
        _money("deposit_refund", "保证金返还", 16),
        _money("disburse", "拨付金额"),
    ),
    summed=("medical_fee", "fund_due", "monthly_paid", "deposit", "deduction", "deposit_refund", "disburse"),
    payable="disburse",
    payable_label="拨付金额",
    template="papers/clearing/disbursement.html",
    sheet=LANDSCAPE,
)


def _refund(name: str, title: str, short: str, clause: str, **more: Any) -> PaperKind:
    """A deposit-refund table: what each institution gets back of its deposit."""
    agency = PaperColumn("agency_label", "清算机构", width=15)
    columns = [
        NUMBER,
        PaperColumn("provider_code", "医疗机构编号", "id", 16, 23),
        PaperColumn("provider_name", "医疗机构名称", "text", 40, 48, css=""),
        PaperColumn("provider_type_label", "机构类型", width=17),
        *([agency] if more.get("by_agency", True) else []),
        _money("deposit", "保证金"),
        replace(SCORE, width=12),
        PaperColumn("factor", "返还比例", "text", 10, 12, css="int", head="返还|比例"),
        _money("refund", "返还金额"),
    ]
    return PaperKind(
        name=name,
        title=title,
        short=short,
        heading=f"医疗保险{title}",
        clause=clause,
        columns=tuple(columns),
        summed=("deposit", "refund"),
        payable="refund",
        payable_label="返还金额",
        template="papers/clearing/refund.html",
        sheet=PORTRAIT,
        **more,
    )


CROSS_REGION = _refund("cross_region", "异地保证金返还表", "异地保证金返还", "9.2", by_agency=False)
MATERNITY = _refund("maternity", "生育保证金返还表", "生育保证金返还", "9.3")
PRIMARY = _refund("primary", "药店/村卫生室保证金返还表", "药店/村卫保证金返还", "9.4")
KINDS: dict[str, PaperKind] = {kind.name: kind for kind in (DISBURSEMENT, CROSS_REGION, MATERNITY, PRIMARY)}


def cells_of(kind: PaperKind, values: Any) -> list[tuple[str, str]]:
    """(class, text) of every column of a row, from anything with the columns' names as attributes."""
    return [(column.css, _text(column, getattr(values, column.name))) for column in kind.columns]


def sums_of(kind: PaperKind, sums: dict[str, Any], skipped: int) -> list[tuple[str, str]]:
    """The same for a row of sums; the first columns are left to its label."""
    return [
        (column.css, _text(column, sums[column.name]) if column.name in sums else "")
        for column in kind.columns[skipped:]
    ]


def _text(column: PaperColumn, value: Any) -> str:
    if value is None:
        return "—"
    if column.kind == "money":
        return f"{value:,.2f}"
    return f"{value:,}" if column.css == "int" and isinstance(value, int) else str(value) or "—"
