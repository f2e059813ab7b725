"""Filings for hospital systems: submit, read, take back."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from settlement.api.settlements import WAITS, filtered, parameters, sent
from settlement.api.stay_serializers import FilingSerializer, NewFilingSerializer, WithdrawalSerializer
from settlement.api.stays import asked, told
from settlement.models import Filing, Identification
from settlement.services.filings import file, withdraw
from settlement.views.filings import FilingFilter


class Filings(ApiView):
    permissions = {"GET": "settlement.filings.view", "POST": "settlement.filings.file"}

    @extend_schema(parameters=parameters(FilingFilter), responses=FilingSerializer(many=True), summary="备案列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(FilingFilter, request, Filing.objects.all()), FilingSerializer)

    @extend_schema(
        request=NewFilingSerializer,
        responses={202: FilingSerializer},
        summary="申报备案（2501A、2503、2505、Z1101）",
        description="content 用接口字段名，不含 psn_no。Location 是申报操作；state 为 submitted 时已受理，"
        "confirmed 时医保中心的查询已列出。结果待确认时不要重复申报。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewFilingSerializer, request)
        found = get_or_404(Identification, given["identification"])
        filing: Filing = told(lambda: file(given["kind"], given["content"], found, by=request.member))
        address = reverse("api:operations-api:operation", args=[filing.operation_id])
        return self.accepted(address, FilingSerializer(filing).data)


class OneFiling(ApiView):
    permissions = {"GET": "settlement.filings.view"}

    @extend_schema(responses=FilingSerializer, summary="一项备案")
    def get(self, request: ApiRequest, filing_id: UUID) -> Response:
        return Response(FilingSerializer(get_or_404(Filing, filing_id)).data)


class FilingWithdrawals(ApiView):
    permissions = {"POST": "settlement.filings.undo"}

    @extend_schema(
        request=WithdrawalSerializer,
        responses={202: OperationSerializer},
        summary="撤销备案（2502、2504、2506、Z1102）",
        description=WAITS,
    )
    def post(self, request: ApiRequest, filing_id: UUID) -> Response:
        filing, given = get_or_404(Filing, filing_id), asked(WithdrawalSerializer, request)
        return sent(self, told(lambda: withdraw(filing, by=request.member, memo=given["memo"])))
