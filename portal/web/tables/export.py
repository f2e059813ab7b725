"""Excel of a list: exactly its shown columns, filter and order, all matching rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from portal.access.member import Member, PortalRequest
from portal.audit import record
from portal.jobs import start
from portal.papers.xlsx import CONTENT_TYPE, write_xlsx
from portal.web.actions import EXPORTED
from portal.web.tables.totals import totals_of

if TYPE_CHECKING:
    from portal.web.tables.listing import ListPage

#: Up to here the browser waits; longer lists become a job.
AT_ONCE = 5_000
CHUNK = 2_000


def export_list(rows: "ListPage", request: PortalRequest) -> HttpResponseBase:
    """The file, or for a long list a job that makes it and a word that it does."""
    if rows.totals.known and rows.totals.count <= AT_ONCE:
        content = workbook(rows)
        record(EXPORTED, by=rows.member, **what(rows))
        return attachment(content, file_name(rows), CONTENT_TYPE)
    query = rows.params.urlencode()
    record(EXPORTED, by=rows.member, **what(rows))
    job = start(
        "web.export",
        f"{rows.name}?{query}:{request.member.label}",
        title=f"导出{rows.title}",
        by=rows.member,
        params={"list": rows.name, "query": query},
    )
    messages.info(
        request,
        "行数较多，正在后台生成 Excel，完成后可在“办理进度”下载"
        if not job.joined
        else "这个导出已在进行，请在“办理进度”查看",
    )
    return redirect(request.path + rows.address())


def workbook(rows: "ListPage") -> bytes:
    """The file's content; reads rows in pieces, so inside the open door only."""
    totals = totals_of(rows.filtered, rows.columns, at_once=None)
    foot: list[Any] | None = None
    if rows.has_totals:
        foot = [totals.sums.get(column.name) if column.total else None for column in rows.shown]
        if foot[0] is None:
            foot[0] = "合计"
    return write_xlsx(rows.shown, _values(rows), title=rows.title, about=_about(rows, totals.count), totals=foot)


def _values(rows: "ListPage") -> Iterator[list[Any]]:
    ordered = rows.filtered.order_by(*rows.order.ordering(backwards=False))
    for row in ordered.iterator(chunk_size=CHUNK):
        yield [column.cell(row).value for column in rows.shown]


def _about(rows: "ListPage", count: int) -> list[tuple[str, str]]:
    institution = rows.member.institution
    return [
        *([("机构", f"{institution.name}（{institution.code}）")] if institution else []),
        ("条件", in_words(rows)),
        ("导出", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}　{rows.member.label}　共 {count:,} 行"),
    ]


def in_words(rows: "ListPage") -> str:
    """The filter as people read it: 年份＝2025；险种＝职工."""
    if rows.filter is None or not rows.filter.is_valid():
        return "全部"
    said = []
    for name, value in rows.filter.form.cleaned_data.items():
        if value in (None, "", []):
            continue
        field = rows.filter.form.fields[name]
        labels = dict(getattr(field, "choices", ()))
        said.append(f"{field.label}＝{labels.get(value, value)}")
    return "；".join(said) or "全部"


def what(rows: "ListPage") -> dict[str, Any]:
    return {"title": rows.title, "rows": rows.totals.count, "filter": in_words(rows)[:300]}


def file_name(rows: "ListPage") -> str:
    return f"{rows.title}_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx"


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A download that no browser shows or sniffs; the Chinese name survives."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def list_for(name: str, query: str, member: Member) -> "ListPage":
    """The list a job was started for."""
    from portal.web.tables.listing import list_page

    return list_page(name)(member, QueryDict(query))
