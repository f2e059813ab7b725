"""Chapter 9: the four papers as PDF and xlsx, read back and laid beside the centre's sums; what is due for whom."""

from decimal import Decimal

from pypdf import PdfReader

from clearing.management.demo.walk import Failed, Walk
from clearing.management.reading import plain, read_paper
from clearing.models import RefundKind, RowState
from clearing.papers import KINDS, start_paper
from clearing.papers.merged import Order, start_due_papers
from clearing.services import request_refunds
from clearing.services.overview import live_rows
from clearing.services.printing import reckoned
from portal.jobs import Job

PAPERS = "9 报表"


def make(walk: Walk) -> None:
    """Fetch the three refund tables, then make all four papers."""
    for kind in RefundKind.values:
        with walk.tx():
            job = request_refunds(kind, walk.scope, by=walk.clerk)
        walk.finish(job)
    for name in KINDS:
        count, total = _centre(walk, name)
        _pdf(walk, name, count, total)
        walk.keep_result(_made(walk, name, "xlsx"))


def _made(walk: Walk, name: str, fmt: str) -> Job:
    with walk.tx():
        job = start_paper(name, walk.scope, fmt, by=walk.clerk)
    return walk.finish(job)


def _pdf(walk: Walk, name: str, count: int, total: Decimal) -> None:
    job = _made(walk, name, "pdf")
    path = walk.keep_result(job)
    paper = read_paper(path.read_bytes())
    assert walk.clerk.institution
    printed = f"{walk.clerk.institution}（{walk.clerk.institution.code}）"
    wrong = paper.differences(name, institution=printed, year=walk.scope.year, count=count, total=total)
    if wrong:
        raise Failed(f"{path.name}：" + "；".join(wrong))
    assert paper.count is not None
    assert paper.total is not None
    walk.same(PAPERS, KINDS[name].title, (paper.count, paper.total), (count, total))


def _centre(walk: Walk, name: str) -> tuple[int, Decimal]:
    """Rows and payable sum of the paper as the sandbox knows them."""
    if name == "disbursement":
        found = walk.scopes().values()
        return sum(one["applied"] for one in found), sum(
            (Decimal(one["applied_disburse_amt"]) for one in found), Decimal("0.00")
        )
    wanted = (str(walk.scope.year), walk.scope.insurance, name)
    for one in walk.centre()["refunds"]:
        if (one["year"], one["aka080"], one["kind"]) == wanted:
            return int(one["lines"]), Decimal(one["deposit_refund_amt"])
    return 0, Decimal("0.00")


def bind(walk: Walk) -> None:
    """Everything that is due of the own institution and two others as one merged PDF (9.5)."""
    with walk.tx():
        due = reckoned(walk.scope, by=walk.clerk).filter(due__gt=0, lacking=0)
        chosen = tuple(due.order_by("-is_own", "provider_code").values_list("provider_code", flat=True)[:3])
        papers = sum(reckoned(walk.scope, by=walk.clerk).filter(provider_code__in=chosen).values_list("due", flat=True))
        job = start_due_papers(Order(walk.scope, "each", chosen), by=walk.clerk)
    path = walk.keep_result(walk.finish(job))
    text = plain("".join(page.extract_text() for page in PdfReader(path).pages))
    found = text.count(plain("(大写)"))
    walk.told(PAPERS, f"{len(chosen)} 家机构应打印的合并 PDF", f"{found} 张", f"{papers} 张（9.5 规则）")
    if found != papers:
        raise Failed(f"{path.name}：应有 {papers} 张报表，读到 {found} 张")


def applied(walk: Walk) -> tuple[int, Decimal]:
    """Number of rows that were applied for, and their payable sum."""
    with walk.tx():
        rows = list(live_rows(walk.scope).filter(state__in=[RowState.APPLIED, RowState.APPROVED]))
    return len(rows), sum((row.disburse for row in rows), Decimal("0.00"))
