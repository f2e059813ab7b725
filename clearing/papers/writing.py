"""From a gathered paper to a file. Needs no database: long papers are written outside any transaction."""

from typing import Any

from django.utils import timezone

from clearing.actions import PAPER_MADE
from clearing.papers.kinds import PaperColumn
from clearing.papers.layout import planned
from clearing.papers.paper import Paper
from clearing.services.printing_prints import note_printed
from portal.access.member import Member
from portal.audit import record
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.pdf import render_pages
from portal.papers.xlsx import CONTENT_TYPE as XLSX
from portal.papers.xlsx import write_xlsx

#: Formats and their content types.
TYPES = {"pdf": PDF, "xlsx": XLSX}


def write(paper: Paper, fmt: str) -> bytes:
    """The paper in one of TYPES; raises LookupError for another, PaperFailed when printing broke off."""
    return {"pdf": as_pdf, "xlsx": as_xlsx}[fmt](paper)


def recorded(paper: Paper, fmt: str, *, by: Member, is_print: bool = True) -> None:
    """Write into the chain that the paper left the portal, and keep what stood on it; a look at it is no print."""
    if is_print:
        note_printed(paper, fmt, by=by)
    record(PAPER_MADE, None, by=by, scope=paper.subtitle, paper=paper.kind.title, format=fmt, count=paper.count)


def make(paper: Paper, fmt: str, *, by: Member, is_print: bool = True) -> bytes:
    """Write and record at once: for short papers, inside a request."""
    content = write(paper, fmt)
    recorded(paper, fmt, by=by, is_print=is_print)
    return content


def as_pdf(paper: Paper) -> bytes:
    """A4 by the kind's own template."""
    return render_pages(paper.kind.template, context_of(paper), planned(paper))


def context_of(paper: Paper) -> dict[str, Any]:
    """What the templates of papers/clearing are given, besides the pages."""
    return {
        "paper": paper,
        "title": paper.kind.heading,
        "institution": paper.institution,
        "period": paper.period,
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
    }


REGION = PaperColumn("region_label", "统筹区")


def as_xlsx(paper: Paper) -> bytes:
    """The same rows and totals as the PDF, as numbers; the region is a column."""
    number, *rest = paper.kind.columns
    columns = [number, REGION, *rest]
    sums: dict[str, Any] = {"number": "合计", **paper.totals.sums()}
    institution = paper.institution
    about = [
        ("填报机构", f"{institution.name}（{institution.code}）"),
        ("清算范围", paper.subtitle),
        *paper.facts,
        (f"{paper.kind.payable_label}合计", f"{paper.capitals}（{paper.payable:,.2f} 元）"),
        *([("说明", "测试环境数据，不作为拨付依据")] if paper.is_test else []),
        ("打印", f"{timezone.localtime():%Y-%m-%d %H:%M}　{paper.printed_by}"),
    ]
    rows = ([getattr(line, column.name) for column in columns] for group in paper.groups for line in group.lines)
    totals = [sums.get(column.name) for column in columns]
    return write_xlsx(columns, rows, title=paper.kind.heading, about=about, totals=totals)


def file_name(paper: Paper, fmt: str) -> str:
    """核拨表_2025_城镇职工基本医疗保险_本地.pdf."""
    scope = paper.scope
    parts = [paper.kind.file_stem, str(scope.year), scope.insurance_label]
    if paper.kind.by_agency:
        parts.append(scope.agency_label)
    if paper.providers:
        parts.append(paper.providers[0] if len(paper.providers) == 1 else f"所选{len(paper.providers)}家")
    return f"{'_'.join(parts)}.{fmt}"
