"""The papers of the yearly clearing: what stands on them, as PDF and as xlsx (clearing manual ch. 9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from clearing.actions import PAPER_MADE
from clearing.models import Application, ApplicationState, ClearingRow, RowState, Scope
from clearing.services.refusals import Refused
from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.codes import code_list
from portal.jobs import Job, JobState, start
from portal.papers import capitals
from portal.papers.pages import Page, lines_of, pages_of
from portal.papers.pages import Row as PageRow
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.pdf import render_pages
from portal.papers.xlsx import CONTENT_TYPE as XLSX
from portal.papers.xlsx import write_xlsx

TITLE = "医疗保险年终清算核拨表"
SUMMED = ("medical_fee", "fund_due", "monthly_paid", "deposit", "deduction", "deposit_refund", "disburse")
#: A paper with more rows is made by the worker: nobody waits for its presses in the browser.
AT_ONCE = 300
#: Amounts from here on are printed smaller, so that their column holds them.
WIDE = Decimal(10) ** 9
#: Formats and their content types.
TYPES = {"pdf": PDF, "xlsx": XLSX}


@dataclass
class Totals:
    """Sums of a group of rows, in yuan."""

    count: int = 0
    visits: int = 0
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, Decimal("0.00")))

    def add(self, row: ClearingRow) -> None:
        self.count += 1
        self.visits += row.visit_count
        for name in SUMMED:
            self.amounts[name] += getattr(row, name)

    @property
    def is_wide(self) -> bool:
        return any(abs(amount) >= WIDE for amount in self.amounts.values())


@dataclass(frozen=True)
class Line:
    number: int
    row: ClearingRow

    @property
    def is_wide(self) -> bool:
        return any(abs(getattr(self.row, name)) >= WIDE for name in SUMMED)


@dataclass
class Group:
    """The rows of one region."""

    code: str
    label: str
    lines: list[Line] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


@dataclass
class DisbursementTable:
    """核拨表: rows by region with sub-totals, grand totals, and the payable sum in capitals (9.1)."""

    subtitle: str
    dates: str
    is_test: bool
    application_no: str = ""
    groups: list[Group] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    accepted: int = 0
    signs: tuple[str, ...] = ("经办人", "复核人", "单位负责人")

    @property
    def capitals(self) -> str:
        return capitals(self.totals.amounts["disburse"])

    def pages(self) -> list[Page]:
        """Its rows page by page. Heights in millimetres, as papers/clearing/disbursement.html sets them."""
        table: list[PageRow] = []
        for group in self.groups:
            again = PageRow("continued", group, 4.8)
            table.append(PageRow("group", group, 4.8, with_next=True))
            for line in group.lines:
                name = line.row.provider_name + " *" * (line.row.finding_count > 0)
                high = max(lines_of(name, 33.9, 7.2), lines_of(line.row.provider_code, 18.4, 7.2))
                table.append(PageRow("line", line, 1.4 + 3.31 * high, running=again))
            table.append(PageRow("subtotal", group, 4.8, with_previous=True, running=again))
        table.append(PageRow("total", self, 4.8, with_previous=True))
        table.append(
            PageRow("words", self, 4 + 4.4 * lines_of(self.capitals + "　" * 32, 270, 9.5), with_previous=True)
        )
        more = 4.7 * (lines_of("　" * 45 + self.application_no, 265, 9) - 1)
        return pages_of(table, first=147 - more, other=170, tail=42)


def disbursement_rows(scope: Scope) -> QuerySet[ClearingRow]:
    """The rows that stand on the scope's disbursement table: those applied for, in the table's order."""
    rows = ClearingRow.objects.filter(**scope.fields(), state__in=[RowState.APPLIED, RowState.APPROVED])
    return rows.order_by("region", "provider_code", "visit_type", "clearing_type", "row_id")


def disbursement_count(scope: Scope) -> int:
    """How many rows the table will have; raises Refused while nothing was applied for (9.1)."""
    count = disbursement_rows(scope).count()
    if not count:
        raise Refused(f"{scope}没有已申请的清算数据，请先提交清算申请并等待受理")
    return count


def disbursement_table(rows: Iterable[ClearingRow], subtitle: str, years: str, *, by: Member) -> DisbursementTable:
    """Rows grouped by region in the dictionary's order (B.6), with all sums."""
    assert by.institution
    paper = DisbursementTable(subtitle, years, by.institution.environment == Environment.TEST)
    order = {code: place for place, (code, _) in enumerate(code_list("clearing.insu_admdvs").choices())}
    for row in sorted(rows, key=lambda row: (order.get(row.region, len(order)), row.region)):
        if not paper.groups or paper.groups[-1].code != row.region:
            paper.groups.append(Group(row.region, row.region_label))
        group = paper.groups[-1]
        paper.totals.add(row)
        group.totals.add(row)
        group.lines.append(Line(paper.totals.count, row))
        paper.accepted += row.finding_count > 0
    return paper


def scope_paper(scope: Scope, *, by: Member) -> DisbursementTable:
    """The scope's table, ready to be written; raises Refused while nothing was applied for."""
    disbursement_count(scope)
    subtitle = f"{scope.year} 年度　{scope.insurance_label}　清算机构：{scope.agency_label}"
    paper = disbursement_table(disbursement_rows(scope), subtitle, dates_of(scope.year), by=by)
    held = Application.objects.filter(**scope.fields(), state__in=ApplicationState.held()).exclude(application_no="")
    paper.application_no = "、".join(held.order_by("agency").values_list("application_no", flat=True))
    return paper


def chosen_paper(rows: QuerySet[ClearingRow], *, by: Member) -> DisbursementTable:
    """The table of rows that somebody ticked; raises Refused when they are of several years or insurances."""
    kinds = list(rows.order_by().values_list("year", "insurance").distinct())
    if len(kinds) != 1:
        raise Refused("请选择同一年份、同一险种的数据" if kinds else "请先选择数据")
    year, insurance = kinds[0]
    subtitle = f"{year} 年度　{code_list('clearing.aka080').label(insurance)}　所选数据"
    ordered = rows.order_by("region", "provider_code", "visit_type", "clearing_type", "row_id")
    return disbursement_table(ordered, subtitle, dates_of(year), by=by)


def dates_of(year: int) -> str:
    return f"{year} 年 1 月 1 日至 {year} 年 12 月 31 日"


def as_pdf(paper: DisbursementTable, *, by: Member) -> bytes:
    """The table as an A4 landscape PDF."""
    context = {
        "paper": paper,
        "title": TITLE,
        "institution": by.institution,
        "period": paper.subtitle,
        "audit_mark": latest_mark(),
        "printed_by": by.label,
    }
    return render_pages("papers/clearing/disbursement.html", context, paper.pages())


@dataclass(frozen=True)
class PaperColumn:
    """A column of the xlsx form of the table."""

    name: str
    label: str
    kind: str = "text"
    characters: int = 14


COLUMNS = (
    PaperColumn("number", "序号", "int", 6),
    PaperColumn("region_label", "统筹区"),
    PaperColumn("provider_code", "医疗机构编号", "id", 16),
    PaperColumn("provider_name", "医疗机构名称", "text", 34),
    PaperColumn("visit_type_label", "就诊类型"),
    PaperColumn("clearing_type_label", "清算类别"),
    PaperColumn("visit_count", "人次", "int", 10),
    PaperColumn("medical_fee", "医疗费总额", "money", 18),
    PaperColumn("fund_due", "基金应付", "money", 18),
    PaperColumn("monthly_paid", "月结已付", "money", 18),
    PaperColumn("deposit", "保证金", "money", 16),
    PaperColumn("deduction", "扣款", "money", 16),
    PaperColumn("score", "考核得分", "money", 10),
    PaperColumn("deposit_refund", "保证金返还", "money", 16),
    PaperColumn("disburse", "拨付金额", "money", 18),
)


def as_xlsx(paper: DisbursementTable, *, by: Member) -> bytes:
    """The same rows and totals as the PDF, as numbers."""
    assert by.institution
    sums: dict[str, Any] = {"number": "合计", "visit_count": paper.totals.visits, **paper.totals.amounts}
    about = [
        ("填报机构", f"{by.institution.name}（{by.institution.code}）"),
        ("清算范围", paper.subtitle),
        ("清算期间", paper.dates),
        *([("清算申请编号", paper.application_no)] if paper.application_no else []),
        ("拨付金额合计", f"{paper.capitals}（{paper.totals.amounts['disburse']:,.2f} 元）"),
        ("打印", f"{timezone.localtime():%Y-%m-%d %H:%M}　{by.label}"),
    ]
    rows = ([line.number, *(getattr(line.row, c.name) for c in COLUMNS[1:])] for g in paper.groups for line in g.lines)
    return write_xlsx(COLUMNS, rows, title=TITLE, about=about, totals=[sums.get(c.name) for c in COLUMNS])


def make(paper: DisbursementTable, kind: str, *, by: Member) -> bytes:
    """The table in one of TYPES, recorded as an export."""
    content = as_pdf(paper, by=by) if kind == "pdf" else as_xlsx(paper, by=by)
    record(PAPER_MADE, None, by=by, scope=paper.subtitle, paper="核拨表", format=kind, count=paper.totals.count)
    return content


def file_name(scope: Scope, kind: str) -> str:
    return f"核拨表_{scope.year}_{scope.insurance_label}_{scope.agency_label}.{kind}"


PAPER = "clearing.paper"


def start_paper(scope: Scope, kind: str, *, by: Member) -> Job:
    """Have a worker make the table; joins the same person's request for the same table."""
    params = {name: getattr(scope, name) for name in ("environment", "year", "insurance", "agency")}
    key = f"{scope.environment}-{scope.key}-{kind}-{by.label}"
    title = f"生成核拨表（{kind.upper()}）：{scope}"
    return start(PAPER, key, by=by, title=title, params={**params, "format": kind})


def made_paper(scope: Scope, kind: str) -> Job | None:
    """The newest finished table of the scope, unless its rows changed since."""
    params = {"environment": scope.environment, "year": scope.year, "insurance": scope.insurance}
    done = Job.objects.filter(
        kind=PAPER, state=JobState.DONE, params__contains={**params, "agency": scope.agency, "format": kind}
    ).first()
    if done is None or not done.result_path:
        return None
    rows = ClearingRow.objects.filter(**scope.fields())
    newest = rows.aggregate(state=Max("state_at"), fetched=Max("fetched_at"))
    changed = max((moment for moment in newest.values() if moment), default=None)
    return done if changed is None or done.created_at > changed else None
