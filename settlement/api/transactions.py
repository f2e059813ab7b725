"""The interface's transactions by number, acceptance runs and reversals, for hospital systems."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.services.refusals import NotAllowed
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.messages import headings, request_class
from portal.gateway.national import NATIONAL, current_edition
from settlement.api.settlements import sent
from settlement.models import AcceptanceRun, Settlement, SettlementState
from settlement.rules.questions import NUMBERS
from settlement.services.settling.reversal import propose_reversal


class TransactionSerializer(serializers.Serializer[Any]):
    """A transaction in the edition that the institution uses."""

    number = serializers.CharField(help_text="交易编号")
    title = serializers.CharField(help_text="交易名称")
    safe = serializers.BooleanField(help_text="只查询，不改变中心的数据")
    by_query = serializers.BooleanField(help_text="可用 POST /api/v1/settlement/queries 直接调用；其他交易由各业务办理")


class OneTransactionSerializer(TransactionSerializer):
    edition = serializers.CharField(allow_blank=True, help_text="省级接口版本；空为国家标准")
    request = serializers.DictField(help_text="输入的 JSON Schema，含长度和代码")
    reply = serializers.DictField(help_text="输出的 JSON Schema")


def shown(heading: Any) -> dict[str, Any]:
    by_query = heading.code in NUMBERS
    return {"number": heading.code, "title": heading.title, "safe": heading.safe, "by_query": by_query}


class Transactions(ApiView):
    permissions = {"GET": "settlement.editions.view"}

    @extend_schema(responses=TransactionSerializer(many=True), summary="接口的全部交易")
    def get(self, request: ApiRequest) -> Response:
        edition = current_edition().digest
        return Response({"items": [shown(one) for one in headings(NATIONAL, edition)], "next": None})


class OneTransaction(ApiView):
    permissions = {"GET": "settlement.editions.view"}

    @extend_schema(
        parameters=[OpenApiParameter("number", str, OpenApiParameter.PATH, description="交易编号，例如 5201")],
        responses=OneTransactionSerializer,
        summary="一个交易的输入和输出",
    )
    def get(self, request: ApiRequest, number: str) -> Response:
        edition = current_edition()
        heading = next((one for one in headings(NATIONAL, edition.digest) if one.code == number), None)
        if heading is None:
            raise Http404
        kind = request_class(NATIONAL.name, number, edition.digest)
        schemas = {"request": kind.model_json_schema(), "reply": kind.reply().model_json_schema()}
        return Response({**shown(heading), "edition": edition.digest, **schemas})


class AcceptanceRunSerializer(ReadSerializer[AcceptanceRun]):
    """A run of the acceptance of joining a province; only in the test environment."""

    class Meta:
        model = AcceptanceRun
        fields = [
            *("id", "environment", "number", "families", "numbers", "edition_title", "state", "note"),
            *("created_as", "started_at", "ended_at"),
        ]
        read_only_fields = fields


class AcceptanceRuns(ApiView):
    permissions = {"GET": "settlement.editions.view"}

    @extend_schema(responses=AcceptanceRunSerializer(many=True), summary="接入验收列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(AcceptanceRun.objects.defer("given", "facts"), AcceptanceRunSerializer)


class ReversalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, help_text="理由，写入操作日志")


class Reversals(ApiView):
    permissions = {"POST": "settlement.settlements.undo"}

    @extend_schema(
        request=ReversalSerializer,
        responses={202: OperationSerializer},
        summary="对结果无法证实的结算提出冲正（2601）",
        description="须由人提出（网页会话），另一人复核后才会发送；接口密钥提出时回应 409。",
    )
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        settlement = get_or_404(Settlement, settlement_id)
        asked = ReversalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        doubtful = settlement.undone_by if settlement.state == SettlementState.UNDOING else settlement.operation
        if doubtful is None:
            raise NotAllowed("这笔结算没有正在办理的业务，不需要冲正")
        return sent(self, propose_reversal(doubtful, by=request.member, reason=asked.validated_data["reason"]))
