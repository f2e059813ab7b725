"""交易目录: every number of the national interface in the edition in use, and each with its fields."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.national import current_edition
from portal.gateway.national.catalogue import Entry, calls_in, entries
from portal.gateway.national.differences import PROPERTIES, shown_table
from portal.papers.xlsx import CONTENT_TYPE, write_xlsx
from portal.web.actions import EXPORTED
from portal.web.tables import Column
from portal.web.tables.export import attachment
from settlement.forms.transactions import CatalogueForm
from settlement.views.asking import environment

COLUMNS = (
    Column("number", "交易编号", "id", width=10),
    Column("name", "交易名称", width=30),
    Column("category", "类别", width=22),
    Column("call", "调用方式", width=10),
    Column("priority", "优先级", width=10),
    Column("known", "字段表", width=12),
    Column("fields", "字段数", "int", width=8),
    Column("effect", "性质", width=12),
    Column("count", "调用次数", "int", width=10),
    Column("last", "最近调用", "datetime", width=20),
)


@page("settlement.transactions.view")
def transaction_list(request: PortalRequest) -> HttpResponseBase:
    """All numbers, with what is known of each and when it was last called here."""
    here = environment(request)
    edition = current_edition(here)
    everything = entries(edition, calls_in(here))
    form = CatalogueForm(request.GET, categories=list(dict.fromkeys(one.category[0] for one in everything)))
    chosen = [one for one in everything if form.fits(one)]
    if request.GET.get("export") == "xlsx":
        return _exported(request, chosen)
    query = request.GET.copy()
    query["export"] = "xlsx"
    context = {
        "edition": edition,
        "entries": chosen,
        "total": len(everything),
        "missing": sum(one.known == "missing" for one in everything),
        "called": sum(one.called is not None for one in everything),
        "asked": request.GET,
        "form": form,
        "export_query": query.urlencode(),
    }
    return render(request, "settlement/transaction_list.html", context)


@page("settlement.transactions.view")
def transaction_detail(request: PortalRequest, number: str) -> HttpResponseBase:
    """One number with every field, beside the base tables where the edition in use differs."""
    here = environment(request)
    edition = current_edition(here)
    found = next((one for one in entries(edition, calls_in(here)) if one.number == number), None)
    if found is None:
        raise Http404("没有这个交易")
    context = {
        "edition": edition,
        "entry": found,
        "effect": edition.effect(number),
        "table": shown_table(edition, number),
        "properties": PROPERTIES,
        "may_try": request.member.may("gateway.console.view") and found.known != "missing",
    }
    return render(request, "settlement/transaction_detail.html", context)


def _exported(request: PortalRequest, chosen: list[Entry]) -> HttpResponseBase:
    rows = (
        [
            *(one.number, one.name, "·".join(one.category), one.call_label, one.priority_label, one.known_label),
            *(one.fields, one.effect_label),
            *((one.called.count, one.called.last) if one.called else (0, None)),
        ]
        for one in chosen
    )
    about = [("导出", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}")]
    content = write_xlsx(COLUMNS, rows, title="交易目录", about=about)
    record(EXPORTED, by=request.member, title="交易目录", rows=len(chosen), filter=request.GET.urlencode() or "全部")
    return attachment(content, "交易目录.xlsx", CONTENT_TYPE)
