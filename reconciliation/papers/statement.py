"""The statement of a run for finance (对账单): both books, what differs, what was decided and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.papers.pdf import render_pdf
from portal.papers.xlsx import write_xlsx
from portal.web.tables import Column
from reconciliation.actions import STATEMENT_PRINTED
from reconciliation.models import Adjustment, Difference, DifferenceKind, Outcome, Run, Sighting, Total
from reconciliation.services.ending import sightings_of
from reconciliation.services.families import family_title
from reconciliation.services.figures import KindFigures, by_kind_seen
from reconciliation.services.refusals import Refused
from reconciliation.services.storing import FIGURES
from reconciliation.services.totals import latest

#: Differences that are printed one by one; a longer list is for Excel.
MOST = 500
ZERO = Decimal("0.00")
COLUMNS = (
    Column("day", "结算日期", "date"),
    Column("kind", "差异类型", width=18),
    Column("number", "结算单号", "id"),
    Column("setl_id", "结算ID", "id"),
    Column("mdtrt_id", "就诊ID", "id"),
    Column("person", "人员", width=12),
    Column("insutype_label", "险种", width=16),
    Column("clr_type_label", "清算类别", width=14),
    Column("ours_total", "本机构总额", "money"),
    Column("theirs_total", "中心总额", "money"),
    Column("total_gap", "总额差", "money"),
    Column("fund_gap", "基金差", "money"),
    Column("account_gap", "个人账户差", "money"),
    Column("state", "状态", width=10),
    Column("outcome", "处理结果", width=16),
    Column("found_at", "发现时间", "datetime"),
    Column("done_at", "处理时间", "datetime"),
    Column("note", "说明", width=40),
)
SUMMED = ("total_gap", "fund_gap", "account_gap")


@dataclass(frozen=True)
class Statement:
    """Everything that stands on the paper; amounts are yuan, gaps are ours minus theirs."""

    run: Run
    institution: Institution
    family: str
    totals: list[Total]
    kinds: list[KindFigures]
    rows: list[Difference]
    left_out: int
    adjustments: list[Adjustment]
    gap: Decimal
    adjusted: Decimal
    accepted: Decimal
    printed_by: str
    audit_mark: str

    @property
    def is_test(self) -> bool:
        return bool(self.institution.environment == Environment.TEST)

    @property
    def open_count(self) -> int:
        return sum(one.open for one in self.kinds if one.kind != DifferenceKind.PENDING)

    @property
    def theirs(self) -> str:
        """The centre's side in words; it tells none where nothing had to be compared line by line."""
        if self.run.theirs_count is None or self.run.theirs_total is None:
            return "没有给出明细金额"
        fund = "" if self.run.theirs_fund is None else f"　基金 {self.run.theirs_fund:,.2f}"
        return f"{self.run.theirs_count:,} 笔　医疗费总额 {self.run.theirs_total:,.2f}{fund}"


def gather(run: Run, *, by: Member) -> Statement:
    """The statement as the run stands now; inside the door. Refused while it is still going on."""
    if by.institution is None:
        raise Refused("请先选择机构")
    if run.is_live:
        raise Refused("对账正在进行，完成后再打印对账单")
    seen = sightings_of(run)
    kinds = by_kind_seen(seen)
    made = Adjustment.objects.filter(difference__in=seen.values("difference"))
    accepted = seen.filter(difference__outcome=Outcome.ACCEPTED)
    return Statement(
        run=run,
        institution=by.institution,
        family=family_title(run.family),
        totals=latest(run.pk, run.round),
        kinds=kinds,
        rows=[as_seen(one) for one in _in_order(seen)[:MOST]],
        left_out=max(0, sum(one.count for one in kinds) - MOST),
        adjustments=list(made.select_related("difference", "decision").order_by("day", "pk")[:MOST]),
        gap=sum((one.total for one in kinds), ZERO),
        adjusted=_sum(made.filter(is_booked=True), "total"),
        accepted=_sum(accepted, "total_gap"),
        printed_by=by.label,
        audit_mark=latest_mark() or "",
    )


def _in_order(seen: QuerySet[Sighting]) -> QuerySet[Sighting]:
    return seen.select_related("difference").order_by("difference__day", "difference__kind", "difference__pk")


def as_seen(sighting: Sighting) -> Difference:
    """The difference with the figures that its run's days have of it; only to be shown, never to be saved."""
    shown = sighting.difference
    if sighting.kind == DifferenceKind.PENDING:
        shown.kind = DifferenceKind.PENDING
    for name in FIGURES:
        setattr(shown, name, getattr(sighting, name))
    return shown


def _sum(rows: QuerySet[Any], name: str) -> Decimal:
    found: Decimal = rows.aggregate(sum=Sum(name, default=ZERO))["sum"]
    return found


def write(paper: Statement) -> bytes:
    """The PDF; needs no database."""
    context: dict[str, Any] = {
        "paper": paper,
        "title": f"{paper.institution.name}医疗费用对账单",
        "institution": paper.institution,
        "period": paper.run.span_label,
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
        "printed_at": timezone.localtime(),
    }
    return render_pdf("papers/reconciliation/statement.html", context)


def workbook(run: Run, *, by: Member) -> bytes:
    """The same as an Excel file with every difference."""
    paper = gather(run, by=by)
    about = [
        ("机构", f"{paper.institution.name}（{paper.institution.code}）"),
        ("接口与期间", f"{paper.family}　{run.span_label}　第 {run.round} 次"),
        ("本机构", f"{run.ours_count:,} 笔　医疗费总额 {run.ours_total:,.2f}　基金 {run.ours_fund:,.2f}"),
        ("中心", paper.theirs),
        ("结果", f"{run.get_state_display()}　差异 {run.differences:,} 条　未处理 {run.open_differences:,} 条"),
        ("导出", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}　{by.label}"),
    ]
    seen = sightings_of(run)
    rows = (as_seen(one) for one in _in_order(seen).iterator(chunk_size=1000))
    values = ([column.cell(one).value for column in COLUMNS] for one in rows)
    sums = {name: _sum(seen, name) for name in SUMMED}
    foot = ["合计", *(sums.get(column.name) for column in COLUMNS[1:])]
    return write_xlsx(COLUMNS, values, title="医疗费用对账单", about=about, totals=foot)


def recorded(paper: Statement, *, by: Member) -> None:
    """Into the chain, with how many differences it shows."""
    record(STATEMENT_PRINTED, paper.run, by=by, what=str(paper.run), count=len(paper.rows) + paper.left_out)


def file_name(run: Run, ending: str) -> str:
    return f"对账单_{run.family}_{run.begin:%Y%m%d}_{run.last:%Y%m%d}.{ending}"
