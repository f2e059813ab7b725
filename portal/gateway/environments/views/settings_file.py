"""导出配置、导入配置: a file without any key; what it would change is shown before it is done."""

from __future__ import annotations

import json
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.access.models.institution import Environment
from portal.gateway.channels.models import Channel, ChannelChange
from portal.gateway.channels.services import ChannelFault, channel_for
from portal.gateway.environments.forms import FileForm, ImportForm
from portal.gateway.environments.services import (
    Preview,
    TransferFault,
    export_settings,
    import_settings,
    preview_import,
)


@page("gateway.environment.export")
def export(request: PortalRequest, gateway: str, environment: str) -> HttpResponseBase:
    """One channel's settings as a JSON file."""
    channel = find_channel(gateway, environment)
    document = export_settings(channel, by=request.member)
    assert request.member.institution
    name = f"系统配置_{request.member.institution.code}_{gateway}_{environment}.json"
    content = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def find_channel(gateway: str, environment: str) -> Channel:
    """The channel, or Http404 when this institution has none there."""
    channel = channel_for(gateway, environment) if environment in Environment.values else None
    if channel is None:
        raise Http404("没有找到这条记录")
    return channel


@page("gateway.environment.import", methods=("GET", "POST"))
def import_file(request: PortalRequest) -> HttpResponseBase:
    """Choose the file; then see what it would change."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        try:
            text = form.text()
            preview = preview_import(text, by=request.member)
        except (ValueError, TransferFault) as fault:
            return render(request, "gateway/environments/import.html", {"form": form, "fault": str(fault)})
        return _preview(request, preview, ImportForm(preview.gateway, initial={"document": text}))
    return render(request, "gateway/environments/import.html", {"form": form})


@page("gateway.environment.import", methods=("POST",))
def import_apply(request: PortalRequest) -> HttpResponseBase:
    """Do what was shown; the file is read and checked once more."""
    text = request.POST.get("document", "")
    try:
        preview = preview_import(text, by=request.member)
    except TransferFault as fault:
        messages.error(request, fault.message)
        return redirect("environments:import")
    form = ImportForm(preview.gateway, request.POST)
    if form.is_valid():
        try:
            foreign = form.cleaned_data["foreign"]
            change = import_settings(text, keys=form.keys(), foreign=foreign, by=request.member)
        except TransferFault as fault:
            form.add_error("foreign" if preview.is_foreign else None, fault.message)
        except ChannelFault as fault:
            for name, sentence in fault.faults.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, _said(change))
            return redirect("channels:channel", preview.gateway, preview.environment)
    return _preview(request, preview, form)


def _preview(request: PortalRequest, preview: Preview, form: ImportForm) -> HttpResponseBase:
    return render(request, "gateway/environments/import_preview.html", {"preview": preview, "form": form})


def _said(change: ChannelChange | None) -> str:
    if change is None:
        return "文件内容与现有配置相同，没有修改"
    if change.state == "proposed":
        return "已提交导入的修改，由另一人复核后立即生效"
    return "已导入，立即生效"
