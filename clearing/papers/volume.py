"""From printed documents to what people get: contents in front, bookmarks, one file or one for each provider."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from clearing import rules
from clearing.actions import PAPERS_BOUND
from clearing.models import PrintedPaper
from clearing.models.printed import PAPERS
from clearing.papers.merged import Entry, Folder, Lack, Order, print_all
from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.codes import code_list
from portal.jobs import Running
from portal.jobs.running import OutOfTime, Replaced
from portal.papers.binding import Bookmark, bind, excerpt, page_count
from portal.papers.pages import Page, Row, lines_of, pages_of
from portal.papers.pdf import render_pages

TITLE = "年终清算应打印报表"
#: Lines about papers without data that the contents show.
LACKS_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One paper in the contents."""

    number: int
    whose: str
    title: str
    count: int
    amount: Decimal
    pages: int
    page: int


def print_due_papers(order: Order, running: Running, by: Member) -> str:
    """The whole job: print, bind, keep what was printed; returns its closing note."""
    folder = Folder(running.id)
    is_over = True
    try:
        entries, lacks = print_all(order, folder, running, by)
        running.check()
        target = folder.path / "result"
        with running.tx():
            mark = latest_mark() or ""
        front = contents(order, entries, lacks, by, mark)
        (folder.path / "front.pdf").write_bytes(front.pdf)
        (_as_zip if order.form == "zip" else _as_volume)(order, folder, entries, front, target)
        with running.tx():
            keep(order, entries, by=by)
        running.result(f"{stem(order)}.{'zip' if order.form == 'zip' else 'pdf'}", target.read_bytes())
    except (OutOfTime, Replaced, SystemExit):
        # The job goes on in another task, from what lies in the folder.
        is_over = False
        raise
    finally:
        if is_over:
            folder.remove()
    left = f"，{len(lacks)} 张因缺数据未打印" if lacks else ""
    return f"共 {len(entries):,} 张报表，{len(_whom(entries)):,} 家机构{left}"


def keep(order: Order, entries: list[Entry], *, by: Member) -> None:
    """Every paper as printed, and one record of the volume."""
    PrintedPaper.objects.bulk_create([PrintedPaper(made_by=by.user, **entry.kept) for entry in entries], batch_size=500)
    form = {"volume": "合订本", "each": "按机构合订", "zip": "每家一个文件"}[order.form]
    record(
        PAPERS_BOUND,
        None,
        by=by,
        scope=str(order.scope),
        papers=len(entries),
        providers=len(_whom(entries)),
        form=form,
    )


@dataclass(frozen=True)
class Front:
    """The contents, and how many pages they take."""

    pdf: bytes
    pages: int


def contents(order: Order, entries: list[Entry], lacks: list[Lack], by: Member, mark: str) -> Front:
    """Cover and contents: every paper with its institution, count, sum and page; what is missing and why."""
    context = {
        "title": TITLE,
        "institution": by.institution,
        "period": str(order.scope),
        "audit_mark": mark,
        "printed_by": by.label,
        "is_test": order.scope.environment == Environment.TEST,
        "summary": list(_summary(entries)),
        "papers": len(entries),
        "providers": len(_whom(entries)),
        "lacks": [(lack, PAPERS[lack.paper]) for lack in lacks[:LACKS_SHOWN]],
        "lacking": len(lacks),
    }
    count = len(_planned(lines(entries, 0), lacks))
    while True:
        pdf = render_pages("papers/clearing/contents.html", context, _planned(lines(entries, count), lacks))
        if page_count(pdf) <= count:
            return Front(pdf, page_count(pdf))
        count = page_count(pdf)  # something was higher than planned, and the page numbers in it are wrong


def lines(entries: list[Entry], offset: int) -> list[Line]:
    """One line a paper; `offset` pages come before the first."""
    found, page = [], offset + 1
    for number, one in enumerate(entries, start=1):
        whose = f"{one.task.name}（{one.task.code}）" if one.task.code else f"{len(one.task.codes)} 家机构"
        found.append(Line(number, whose, PAPERS[one.task.paper], one.count, Decimal(one.amount), one.pages, page))
        page += one.pages
    return found


def _planned(found: list[Line], lacks: list[Lack]) -> list[Page]:
    """Heights in millimetres, as papers/clearing/contents.html sets them."""
    rows = [
        Row("line", line, 2.0 + 3.9 * max(lines_of(line.whose, 67, 8), lines_of(line.title, 41, 8))) for line in found
    ]
    shown = min(len(lacks), LACKS_SHOWN)
    return pages_of(rows, first=165, other=245, tail=8 + 9 * shown if lacks else 0)


def _summary(entries: list[Entry]) -> Iterator[dict[str, Any]]:
    for paper in rules.PAPERS:
        mine = [one for one in entries if one.task.paper == paper]
        if mine:
            yield {
                "title": PAPERS[paper],
                "papers": len(mine),
                "providers": len(_whom(mine)),
                "count": sum(one.count for one in mine),
                "amount": sum((Decimal(one.amount) for one in mine), Decimal()),
            }


def _whom(entries: list[Entry]) -> set[str]:
    return {code for one in entries for code in one.task.codes}


def _as_volume(order: Order, folder: Folder, entries: list[Entry], front: Front, target: Path) -> None:
    numbers = sorted({one.document for one in entries})
    parts = [folder.path / "front.pdf", *(folder.document(number) for number in numbers)]
    bind(parts, [Bookmark("目录", 0), *bookmarks(entries, front.pages)], target, title=f"{TITLE} {order.scope}")


def bookmarks(entries: list[Entry], offset: int) -> Iterator[Bookmark]:
    """Region, provider, paper; of a scope's volume the papers alone."""
    page, seen = offset, ("", "")
    for one in entries:
        task = one.task
        if task.code:
            if task.region != seen[0]:
                yield Bookmark(code_list("clearing.insu_admdvs").label(task.region), page)
            if (task.region, task.code) != seen:
                yield Bookmark(f"{task.name}（{task.code}）", page, 1)
            seen = task.region, task.code
        yield Bookmark(PAPERS[task.paper], page, 2 if task.code else 0)
        page += one.pages


def _as_zip(order: Order, folder: Folder, entries: list[Entry], front: Front, target: Path) -> None:
    """A PDF for each provider in a folder of its region, and the contents."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("00_目录.pdf", front.pdf)
        for code, found in groupby(entries, key=lambda one: one.task.code):
            mine = list(found)
            task = mine[0].task
            pages = [(folder.document(one.document), one.first, one.pages) for one in mine]
            region = f"{task.region}_{code_list('clearing.insu_admdvs').label(task.region)}"
            name = _plain(f"{code}_{task.name}")
            archive.writestr(f"{_plain(region)}/{name}.pdf", excerpt(pages, title=f"{task.name} {order.scope}"))


def _plain(name: str) -> str:
    """As a file may be called everywhere."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", name)[:100]


def stem(order: Order) -> str:
    """应打印报表_2025_城镇职工基本医疗保险_全部."""
    scope = order.scope
    whom = (
        [order.providers[0]] if len(order.providers) == 1 else [f"{len(order.providers)}家"] if order.providers else []
    )
    return "_".join(["应打印报表", str(scope.year), scope.insurance_label, scope.agency_label, *whom])
