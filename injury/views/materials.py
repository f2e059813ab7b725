"""Materials after a discharge, and the files themselves, shown inside our own page (4.18)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from csp.decorators import csp_replace
from django.contrib import messages
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from injury.actions import FILE_READ
from injury.forms.discharge import MaterialForm
from injury.models import Admission, Invoice, Material, MaterialState
from injury.models.discharge import Attached
from injury.rules.discharge import INVOICE, PLAN
from injury.rules.files import MATERIAL_TYPES, SHOWN, kind_of
from injury.services.discharge_files import bytes_of
from injury.services.discharge_standing import discharge_standing
from injury.services.materials import add_material, drop_material, materials_of, upload_all, upload_material
from injury.services.refusals import Refused
from injury.views.discharge import paper_of
from injury.views.discharge_parts import admission_or_404, tell
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.codes import code_list
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.web.tables import Column, ListFilter, ListPage, choose
from portal.web.tables.columns import Tone
from portal.web.tables.export import attachment

MOVING: dict[str, Tone] = {
    f"{MaterialState.SENDING.label}·{State(one).label}": "doubt" if one in DOUBTFUL else "warn" for one in LIVE
}
TONES: dict[str, Tone] = {
    **MOVING,
    str(MaterialState.READY.label): "warn",
    str(MaterialState.ACCEPTED.label): "good",
    str(MaterialState.REFUSED.label): "bad",
}


@page("injury.admissions.view")
def materials(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The materials of one admission, each with its state and preview."""
    admission = admission_or_404(admission_id)
    wanted = PLAN if discharge_standing(admission).lacks_plan else INVOICE
    return _shown(request, admission, MaterialForm(initial={"kind": wanted}))


@page("injury.materials.upload", methods=("POST",))
def material_add(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """A new one is stored first, looked at, and then sent."""
    admission = admission_or_404(admission_id)
    form = MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = add_material(admission, paper_of(form), by=request.member)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已添加{made}，请核对预览后上传")
            return redirect("injury:materials", admission.pk)
    return _shown(request, admission, form, status=400)


def _shown(request: PortalRequest, admission: Admission, form: MaterialForm, status: int = 200) -> HttpResponseBase:
    rows = materials_of(admission)
    context = {
        "admission": admission,
        "standing": discharge_standing(admission),
        "form": form,
        "rows": [(row, TONES.get(row.shown_state, "")) for row in rows],
        "unsent": sum(row.state in (MaterialState.READY, MaterialState.REFUSED) for row in rows),
        "is_moving": any(row.operation and row.operation.is_moving for row in rows),
        "may_upload": request.member.may("injury.materials.upload"),
        "may_look": request.member.may("injury.identities.read"),
    }
    return render(request, "injury/materials.html", context, status=status)


@page("injury.materials.upload", methods=("POST",))
def material_upload(request: PortalRequest, material_id: UUID) -> HttpResponseBase:
    """Send one paper."""
    material = get_or_404(Material, material_id)
    try:
        operation = upload_material(material, by=request.member)
    except Refused as refusal:
        messages.error(request, f"没有上传：{refusal.sentence}")
    else:
        messages.success(request, f"{material}已提交上传（{operation.sentence}），结果显示在本页")
    return redirect("injury:materials", material.admission_id)


@page("injury.materials.upload", methods=("POST",))
def material_upload_all(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Send every paper that was not sent yet."""
    admission = admission_or_404(admission_id)
    try:
        operations = upload_all(admission, by=request.member)
    except Refused as refusal:
        messages.error(request, f"没有上传：{refusal.sentence}")
    else:
        messages.success(request, f"已提交上传 {len(operations)} 份材料，结果显示在本页")
    return redirect("injury:materials", admission.pk)


@page("injury.materials.upload", methods=("POST",))
def material_drop(request: PortalRequest, material_id: UUID) -> HttpResponseBase:
    material = get_or_404(Material, material_id)
    try:
        drop_material(material, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已移除{material}")
    return redirect("injury:materials", material.admission_id)


@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@page("injury.identities.read")
def material_file(request: PortalRequest, material_id: UUID) -> HttpResponseBase:
    """The file inside our own page; who looked at it is recorded."""
    material = get_or_404(Material, material_id)
    return _file(request, material, material.admission)


@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@page("injury.identities.read")
def invoice_file(request: PortalRequest, invoice_id: UUID) -> HttpResponseBase:
    """The same for an invoice that goes with a discharge."""
    invoice = get_or_404(Invoice, invoice_id)
    return _file(request, invoice, invoice.discharge.admission)


def _file(request: PortalRequest, row: Attached, admission: Admission) -> HttpResponseBase:
    content = bytes_of(row)
    record(FILE_READ, row, by=request.member, number=admission.number, kind=row.kind_label, paper=row.number)
    response = attachment(content, row.file_name, SHOWN.get(kind_of(content), "application/octet-stream"))
    if request.GET.get("download") != "1":
        response["Content-Disposition"] = response["Content-Disposition"].replace("attachment", "inline", 1)
    return response


OPEN = [("doubt", "结果待确认"), ("people", "须两人认定")]


class MaterialFilter(ListFilter):
    number = django_filters.CharFilter(label="编号", lookup_expr="icontains")
    admission = django_filters.CharFilter(
        label="住院号/门诊号", field_name="admission__number", lookup_expr="icontains"
    )
    kind = choose("材料类型", lambda: code_list("injury.filetype").choices())
    state = choose("状态", MaterialState.choices)
    open = choose("待办", OPEN, method="by_open")

    class Meta:
        model = Material
        fields: list[str] = []

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        states = DOUBTFUL if value == "doubt" else [State.MANUAL]
        return rows.filter(state=MaterialState.SENDING, operation__state__in=states)


class MaterialList(ListPage):
    """All materials, newest first."""

    name = "injury.materials"
    title = "工伤材料"
    columns = (
        Column(
            "admission__number",
            "住院号/门诊号",
            "id",
            link=lambda row: reverse("injury:materials", args=[row.admission_id]),
        ),
        Column("admission__name_masked", "姓名", width=10),
        Column("kind", "材料类型", value=lambda row: row.kind_label, sort="kind", width=12),
        Column("number", "编号", "id"),
        Column("amount", "金额", "money", total=True),
        Column("file_type", "格式", width=8, shown=False),
        Column("size", "大小（字节）", "int", shown=False),
        Column("state", "状态", "state", value=lambda row: row.shown_state, sort="state", tones=TONES),
        Column("added_at", "添加时间", "datetime"),
        Column("added_as", "添加人", width=12, shown=False),
        Column("accepted_at", "上传时间", "datetime"),
        Column("sha256", "SHA-256", "id", width=30, shown=False),
        Column("note", "说明", width=30, shown=False),
    )
    filterset = MaterialFilter
    template = "injury/materials_list.html"
    default_sort = "-added_at"
    empty = "还没有上传过材料"
    empty_hint = f"出院后在就诊的“材料”页面添加，可用 {'、'.join(MATERIAL_TYPES)}"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Material.objects.filter(environment=self.member.institution.environment)
        return mine.select_related("admission", "operation").defer(
            "content", "operation__request", "operation__reply", "admission__identity", "admission__name"
        )


@page("injury.admissions.view")
def material_list(request: PortalRequest) -> HttpResponseBase:
    """材料 of all admissions."""
    return MaterialList(request.member, request.GET).respond(request)
