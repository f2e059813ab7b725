"""The deposit-refund data behind the papers of 9.2 to 9.4."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from clearing.api.papers import PARAMETERS
from clearing.api.serializers import FindingSerializer, WideScopeSerializer
from clearing.models import DepositRefund, RefundFetch, RefundKind
from clearing.services import request_refunds
from clearing.services.refunds import refund_rows
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView

KIND = "返还类别：cross_region 异地，maternity 生育，primary 药店/村卫生室"


class RefundScopeSerializer(WideScopeSerializer):
    """Which table of which year and insurance."""

    kind = serializers.ChoiceField(RefundKind.choices, help_text=KIND, error_messages={"invalid_choice": KIND})


class RefundSerializer(ReadSerializer[DepositRefund]):
    """What one institution gets back of its deposit at one agency."""

    findings = FindingSerializer(many=True, read_only=True)

    class Meta:
        model = DepositRefund
        fields = [
            *("id", "environment", "year", "insurance", "agency", "kind", "provider_code", "provider_name"),
            *("provider_type", "region", "deposit", "score", "refund", "fetched_at", "findings"),
        ]
        read_only_fields = fields
        extra_kwargs = {
            "deposit": {"help_text": "保证金 deposit_amt，元"},
            "refund": {"help_text": "返还金额 deposit_refund_amt，元"},
        }


class RefundFetchSerializer(serializers.ModelSerializer[RefundFetch]):
    """When a table was last fetched, and its sums in yuan."""

    class Meta:
        model = RefundFetch
        fields = [
            *("id", "environment", "year", "insurance", "kind", "fetched_at", "fetched_by", "count", "deposit"),
            *("refund", "finding_count", "compared_at", "note"),
        ]
        read_only_fields = fields


class JobSerializer(serializers.Serializer[Any]):
    """How far the fetch is."""

    state = serializers.CharField(help_text="queued、running、done、failed")
    detail = serializers.CharField(help_text="说明")


class Refunds(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(
        parameters=[*PARAMETERS[:3], OpenApiParameter("kind", str, required=True, description=KIND)],
        responses=RefundSerializer(many=True),
        summary="保证金返还数据列表",
        description="金额单位：元。数据由“获取保证金返还数据”取得。",
    )
    def get(self, request: ApiRequest) -> Response:
        asked = RefundScopeSerializer(data=request.query_params)
        scope = asked.scope(request.member)
        return self.page(refund_rows(asked.validated_data["kind"], scope), RefundSerializer)


class RefundFetches(ApiView):
    only_asks = True
    permissions = {"GET": "clearing.rows.view", "POST": "clearing.refunds.fetch"}

    @extend_schema(responses=RefundFetchSerializer(many=True), summary="保证金返还数据获取情况")
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        rows = RefundFetch.objects.filter(environment=request.member.institution.environment)
        return self.page(rows, RefundFetchSerializer)

    @extend_schema(
        request=RefundScopeSerializer,
        responses={202: JobSerializer},
        summary="获取保证金返还数据",
        description="在后台获取，一次取全部清算机构；正在获取时接着等待同一次。完成后见“保证金返还数据获取情况”。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = RefundScopeSerializer(data=request.data)
        scope = asked.scope(request.member)
        job = request_refunds(asked.validated_data["kind"], scope, by=request.member)
        detail = "正在获取，接着等待同一次获取" if job.joined else "已开始获取"
        address = reverse("api:clearing-api:refund-fetches")
        return self.accepted(address, {"state": job.state, "detail": detail})
