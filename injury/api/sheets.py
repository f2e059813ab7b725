"""Settlement sheets and struck-out items for hospital systems (4.16)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from injury.models import Admission, SettlementSheet, SheetLine
from injury.services.sheets import current_sheet, request_sheet
from injury.views.sheet_lists import SheetFilter
from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView


class SheetLineSerializer(ReadSerializer[SheetLine]):
    """A fee item that is not or not wholly paid."""

    line_id = serializers.CharField(source="fee_item.line_id", default="", help_text="本院费用流水号；空为没有对应明细")
    reason_label = serializers.CharField(help_text="剔除原因")

    class Meta:
        model = SheetLine
        fields = [
            *("id", "position", "name", "price", "quantity", "amount", "rejected", "reason", "reason_label"),
            *("match", "line_id"),
        ]
        read_only_fields = fields


class SheetSerializer(ReadSerializer[SettlementSheet]):
    """The newest reading of an admission's sheet; amounts in yuan."""

    number = serializers.CharField(source="admission.number", help_text="住院号/门诊号")

    class Meta:
        model = SettlementSheet
        fields = [
            *("id", "environment", "admission", "number", "total", "fund_paid", "self_paid", "meal_subsidy"),
            *("settled", "self_pay_by", "audit_state", "settled_at", "line_count", "unmatched", "findings", "read_at"),
        ]
        read_only_fields = fields


class AskedSerializer(serializers.Serializer[Any]):
    """The question that was put to the centre."""

    state = serializers.CharField(help_text="asking、answered、refused、doubtful")
    detail = serializers.CharField(help_text="说明")


class Sheets(ApiView):
    permissions = {"GET": "injury.admissions.view"}

    @extend_schema(
        parameters=parameters(SheetFilter),
        responses=SheetSerializer(many=True),
        summary="结算单列表",
        description="每次就诊最近获取的一份。",
    )
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        here = request.member.institution.environment
        rows = SettlementSheet.objects.filter(environment=here, is_current=True).select_related("admission")
        return self.page(filtered(SheetFilter, request.query_params, rows), SheetSerializer)


class OneSheet(ApiView):
    only_asks = True
    permissions = {"GET": "injury.admissions.view", "POST": "injury.sheet.ask"}

    @extend_schema(responses=SheetSerializer, summary="一次就诊的结算单")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        sheet = current_sheet(get_or_404(Admission, admission_id))
        if sheet is None:
            raise Problem(404, "not_found", "这次就诊还没有获取结算单")
        return Response(SheetSerializer(sheet).data)

    @extend_schema(
        request=None,
        responses={202: AskedSerializer},
        summary="获取结算单",
        description="在后台向工伤中心获取；费用没有核对一致时拒绝。完成后用 GET 查看。",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        enquiry = request_sheet(get_or_404(Admission, admission_id), by=request.member)
        address = reverse("api:injury-api:sheet", args=[admission_id])
        return self.accepted(address, {"state": enquiry.state, "detail": enquiry.sentence or "正在获取"})


class OneSheetLines(ApiView):
    permissions = {"GET": "injury.admissions.view"}

    @extend_schema(responses=SheetLineSerializer(many=True), summary="一次就诊的自付项目")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        rows = SheetLine.objects.filter(admission=admission, sheet__is_current=True).select_related("fee_item")
        return self.page(rows, SheetLineSerializer)
