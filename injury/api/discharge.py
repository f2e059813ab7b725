"""Discharges for hospital systems: head, records and invoices of the draft, submission and taking back (4.13, 4.26)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from injury.models import Admission, Discharge, Invoice, Node
from injury.rules.discharge import INVOICE
from injury.rules.files import MOST
from injury.rules.records import fields_of, named, record_faults
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.discharge_drafts import HEAD, Seat, draft_of, import_records, save_head
from injury.services.discharge_files import Paper, add_invoice, invoices_of
from injury.services.discharge_standing import discharge_standing
from injury.services.refusals import Refused
from portal.access.gate import get_or_404
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation

#: A file in Base64 with everything around it.
FILE_BODY = MOST * 4 // 3 + 64 * 1024
#: All records of one discharge.
RECORDS_BODY = 4 * 1024 * 1024


def refused(refusal: Refused) -> Problem:
    """All faults of a refusal, each with its pointer."""
    errors = [{"pointer": f"/{field}", "detail": sentence} for field, sentence in refusal.faults if field]
    return Problem(422 if errors else 409, "refused", refusal.sentence, errors=errors)


def sent(view: ApiView, operation: Operation) -> Response:
    """202: Location is where the outcome will be read."""
    operation.refresh_from_db()
    address = reverse("api:operations-api:operation", args=[operation.pk])
    return view.accepted(address, OperationSerializer(operation).data)


class InvoiceSerializer(ReadSerializer[Invoice]):
    """A file that goes with the discharge, without its content."""

    class Meta:
        model = Invoice
        fields = ["id", "kind", "number", "amount", "file_type", "file_name", "size", "sha256", "added_at", "added_as"]
        read_only_fields = fields


class DischargeSerializer(serializers.ModelSerializer[Discharge]):
    """The draft, or the discharge as it was sent."""

    class Meta:
        model = Discharge
        fields = [
            *("id", "state", *HEAD, "version", "saved_at", "saved_as", "submitted_at", "discharged_at", "undone_at"),
            *("audited_at", "note"),
        ]
        read_only_fields = fields


class HeadSerializer(serializers.Serializer[Any]):
    """What is known so far; what is left out stays as it is."""

    discharged_on = serializers.DateField(required=False, allow_null=True, help_text="出院日期")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=3, help_text="出院原因 AKC195")
    diagnosis_code = serializers.CharField(
        required=False, allow_blank=True, max_length=255, help_text="出院诊断 ICD-10，多个用半角逗号分开"
    )
    diagnosis = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="出院诊断说明")
    days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=99999, help_text="住院天数")


class RecordSerializer(serializers.Serializer[Any]):
    """One stored entry with what it lacks."""

    id = serializers.UUIDField()
    content = serializers.DictField(child=serializers.CharField(), help_text="按接口字段名")
    faults = serializers.ListField(child=serializers.CharField(), help_text="须补正的内容")


class StandingSerializer(serializers.Serializer[Any]):
    """The draft and everything that keeps it from being sent."""

    discharge = DischargeSerializer(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="出院信息、病历和发票还差什么")
    submit_obstacle = serializers.CharField(help_text="现在不能办理出院的原因；空为可以办理")
    undo_obstacle = serializers.CharField(help_text="现在不能撤销出院的原因；空为可以撤销")
    hints = serializers.ListField(child=serializers.CharField())
    invoices = InvoiceSerializer(many=True)


class RecordsSerializer(serializers.Serializer[Any]):
    """Entries by node: 02 入院记录、03 出院记录、04 手术、05 病案首页、06 B超、07 X光、08 CT、09 核磁."""

    records = serializers.DictField(
        child=serializers.ListField(child=serializers.DictField()),
        help_text="类别 → 条目列表，条目按接口字段名；给出的类别整体替换，没有给出的不变",
    )


class PaperSerializer(serializers.Serializer[Any]):
    """A file with number and amount."""

    kind = serializers.CharField(max_length=3, default=INVOICE, help_text="材料类型 FILETYPE，01 发票")
    number = serializers.CharField(max_length=50, help_text="编号，全院唯一")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, help_text="金额，元")
    file_name = serializers.CharField(max_length=200, help_text="文件名，后缀须与内容一致")
    file = serializers.CharField(help_text="文件内容，Base64（也可用 URL 安全字符），文件最大 10 MB")

    def paper(self) -> Paper:
        """The file, read; raises Refused when it is no Base64."""
        self.is_valid(raise_exception=True)
        data: Mapping[str, Any] = self.validated_data
        try:
            content = base64.b64decode(data["file"].replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            raise Refused("文件内容不是 Base64", "file") from None
        return Paper(data["kind"], data["number"], data["amount"], data["file_name"], content)


def shown(admission: Admission) -> dict[str, Any]:
    standing = discharge_standing(admission)
    rows = invoices_of(standing.discharge) if standing.discharge else []
    return {
        "discharge": DischargeSerializer(standing.discharge).data if standing.discharge else None,
        "missing": list(standing.missing),
        "submit_obstacle": standing.submit_obstacle,
        "undo_obstacle": standing.undo_obstacle,
        "hints": list(standing.hints),
        "invoices": InvoiceSerializer(rows, many=True).data,
    }


class DischargeDraft(ApiView):
    versioned = True
    permissions = {"GET": "injury.discharge.submit", "POST": "injury.discharge.submit"}

    @extend_schema(responses=StandingSerializer, summary="出院草稿和所缺内容")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        found = draft_of(admission)
        return Response(shown(admission), headers={"ETag": f'"{found.version if found else 0}"'})

    @extend_schema(request=HeadSerializer, responses=StandingSerializer, summary="保存出院信息（不发送）")
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        asked = HeadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = draft_of(admission)
        self.must_match(found)
        try:
            save_head(admission, asked.validated_data, seat=Seat(found.version if found else 1), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(shown(admission))


class DischargeRecords(ApiView):
    permissions = {"GET": "injury.identities.read", "POST": "injury.discharge.submit"}
    max_bytes = RECORDS_BODY

    @extend_schema(responses=RecordsSerializer, summary="出院病历（含个人信息）")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        found = draft_of(get_or_404(Admission, admission_id))
        records: dict[str, list[dict[str, Any]]] = {node: [] for node in Node.values}
        for entry in found.records.all() if found else ():
            content = entry.content.reveal()
            faults = named(entry.node, record_faults(entry.node, content))
            records[entry.node].append({"id": str(entry.pk), "content": content, "faults": faults})
        return Response({"records": records})

    @extend_schema(
        request=RecordsSerializer,
        responses=StandingSerializer,
        summary="导入出院病历",
        description="先存为草稿，缺少或不符合长度的内容会列在 missing 中，办理出院前须补正。",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        body: Any = request.data
        given = body.get("records")
        if not isinstance(given, dict) or not given:
            raise Problem(422, "invalid", "records：应为类别到条目列表的对象")
        try:
            import_records(admission, given, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(shown(admission))


class RecordFields(ApiView):
    permissions = {"GET": "injury.admissions.view"}

    @extend_schema(responses=OpenApiTypes.OBJECT, summary="各类病历的字段、长度和必填项")
    def get(self, request: ApiRequest) -> Response:
        kinds = {
            node: [
                {
                    "name": one.name,
                    "label": one.label,
                    "size": one.size or None,
                    "is_day": one.is_day,
                    "codes": one.codes.removeprefix("injury.").upper(),
                    "required": one.is_essential,
                }
                for one in fields_of(node)
            ]
            for node in Node.values
        }
        return Response(kinds)


class DischargeInvoices(ApiView):
    permissions = {"POST": "injury.discharge.submit"}
    max_bytes = FILE_BODY

    @extend_schema(request=PaperSerializer, responses={201: InvoiceSerializer}, summary="添加随出院上传的发票（PDF）")
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        try:
            made = add_invoice(admission, PaperSerializer(data=request.data).paper(), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(InvoiceSerializer(made).data, 201)


class DischargeSubmissions(ApiView):
    permissions = {"POST": "injury.discharge.submit"}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="办理出院")
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        try:
            operation = submit_discharge(get_or_404(Admission, admission_id), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return sent(self, operation)


class DischargeCancellations(ApiView):
    permissions = {"POST": "injury.discharge.undo"}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销出院",
        description="开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        return sent(self, undo_discharge(get_or_404(Admission, admission_id), by=request.member))
