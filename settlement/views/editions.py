"""省级接口版本: bring one, see it beside the base tables, use it, take it away as a file."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.national import current_edition
from portal.gateway.national.differences import PROPERTIES, differing, differing_codes
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.edition_sheets import xlsx_of
from portal.gateway.national.editions import Edition, base
from portal.gateway.national.keeping import (
    NotPossible,
    bring_edition,
    content_of_file,
    drop_edition,
    edition_of_row,
    presets,
    use_base,
    use_edition,
)
from portal.gateway.national.models import NationalEdition
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.actions import EXPORTED
from portal.web.tables import Column, ListPage
from portal.web.tables.export import attachment
from settlement.forms.editions import EditionForm
from settlement.views.asking import environment

MANAGE = "settlement.editions.manage"


class EditionList(ListPage):
    """Every version that was brought in this environment."""

    name = "settlement.editions"
    title = "省级接口版本"
    columns = (
        Column("province", "省份", width=10),
        Column("version", "版本", "id", width=16, link=lambda row: reverse("settlement:edition-detail", args=[row.pk])),
        Column(
            "is_current",
            "状态",
            "state",
            value=lambda row: "使用中" if row.is_current else "启用过" if row.was_used else "未启用",
            sort="is_current",
            tones={"使用中": "good", "启用过": "", "未启用": "brand"},
        ),
        Column("note", "说明", width=44),
        Column("created_as", "导入人", width=12),
        Column("created_at", "导入时间", "datetime"),
        Column("used_as", "启用人", width=12),
        Column("used_at", "启用时间", "datetime"),
        Column("digest", "摘要", "id", width=20, shown=False),
    )
    template = "settlement/edition_list.html"
    default_sort = "-created_at"
    empty = "还没有导入省级接口版本，现按国家基线版办理"

    def rows(self) -> QuerySet[Any]:
        return NationalEdition.objects.all()


@page("settlement.editions.view")
def edition_list(request: PortalRequest) -> HttpResponseBase:
    """Which versions there are, and which is in use."""
    listed = EditionList(request.member, request.GET)
    return listed.respond(request, current=current_edition(environment(request)), may_manage=request.member.may(MANAGE))


@page(MANAGE, methods=("GET", "POST"))
def edition_import(request: PortalRequest) -> HttpResponseBase:
    """Choose a file; it is kept as a version that nobody uses yet, and shown."""
    form = EditionForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    faults: list[str] = []
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            content = content_of_file(chosen["file"].read()) if chosen["file"] else presets()[chosen["preset"]]
            row = bring_edition(content, by=request.member)
        except EditionFaults as found:
            faults = found.sentences
        else:
            messages.info(request, "已导入，请核对与国家基线版的差异；启用后新的报文才按它办理")
            return redirect("settlement:edition-detail", row.pk)
    return render(request, "settlement/edition_import.html", {"form": form, "faults": faults})


@page("settlement.editions.view")
def edition_detail(request: PortalRequest, edition_id: UUID) -> HttpResponseBase:
    """The version beside the base tables: added, changed with both values, removed."""
    row = get_or_404(NationalEdition, edition_id)
    edition = edition_of_row(row)
    tables = differing(edition)
    context = {
        "row": row,
        "tables": tables,
        "counts": {mark: sum(one.counts[mark] for one in tables) for mark in ("added", "changed", "removed")},
        "properties": PROPERTIES,
        "only_differing": request.GET.get("all") != "1",
        "codes": differing_codes(edition),
        "sets": sets_of(edition),
        "wire_names": edition.wire_names.items(),
        "may_manage": request.member.may(MANAGE),
    }
    return render(request, "settlement/edition_detail.html", context)


def sets_of(edition: Edition) -> list[dict[str, Any]]:
    """The sets of an edition beside those of the base."""
    pairs = (
        ("可冲正的交易", base().reversible, edition.reversible),
        ("表示“平”的对账结果代码", base().balanced, edition.balanced),
    )
    return [
        {
            "label": label,
            "same": sorted(before & after),
            "added": sorted(after - before),
            "removed": sorted(before - after),
        }
        for label, before, after in pairs
    ]


@page(MANAGE, methods=("POST",))
def edition_use(request: PortalRequest, edition_id: UUID) -> HttpResponseBase:
    """From now on requests are made by this version."""
    row = get_or_404(NationalEdition, edition_id)
    try:
        use_edition(row, by=request.member)
    except NotPossible as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已启用 {row}，新的报文按它办理；在途的业务仍按原版本")
    return redirect("settlement:edition-detail", row.pk)


@page(MANAGE, methods=("POST",))
def edition_base(request: PortalRequest) -> HttpResponseBase:
    """Back to the base tables."""
    use_base(by=request.member)
    messages.success(request, "已改用国家基线版，新的报文按它办理")
    return redirect("settlement:edition-list")


@page(MANAGE, methods=("POST",))
def edition_drop(request: PortalRequest, edition_id: UUID) -> HttpResponseBase:
    """Throw away a version that was never used."""
    row = get_or_404(NationalEdition, edition_id)
    try:
        drop_edition(row, by=request.member)
    except NotPossible as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:edition-detail", row.pk)
    messages.success(request, f"已删除 {row}")
    return redirect("settlement:edition-list")


@page("settlement.editions.view")
def edition_export(request: PortalRequest, edition_id: UUID, form: str) -> HttpResponseBase:
    """The version as a file that can be brought again."""
    row = get_or_404(NationalEdition, edition_id)
    record(EXPORTED, by=request.member, title=f"省级接口版本 {row}", rows=1, filter=form)
    name = f"{row.province}_{row.version}".replace("/", "-")
    if form == "xlsx":
        return attachment(xlsx_of(row.content, str(row)), f"{name}.xlsx", CONTENT_TYPE)
    text = json.dumps(row.content, ensure_ascii=False, indent=1) + "\n"
    return attachment(text.encode(), f"{name}.json", "application/json; charset=utf-8")
