"""The exchange log for hospital systems: what was said to the gateways, with secrets and identities masked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.views import ApiRequest, ApiView
from portal.gateway import shown
from portal.gateway.folding import masked_json
from portal.gateway.journal.models import Attempt
from portal.gateway.views.attempt_list import AttemptFilter


class ExchangeSerializer(serializers.ModelSerializer[Attempt]):
    """One message. Without `operation` it is a query; an empty `outcome` has no answer yet."""

    title = serializers.SerializerMethodField(help_text="交易名称")

    class Meta:
        model = Attempt
        fields = [
            *("id", "gateway", "environment", "kind", "title", "subject", "operation", "n", "msgid", "by_console"),
            *("asked_by", "sent_at", "finished_at", "took_ms", "outcome", "code", "message"),
        ]
        read_only_fields = fields

    def get_title(self, attempt: Attempt) -> str:
        return shown.kind_title(attempt.gateway, attempt.kind)


class OneExchangeSerializer(ExchangeSerializer):
    request = serializers.SerializerMethodField(help_text="请求内容，敏感内容为 ***")
    reply = serializers.SerializerMethodField(help_text="答复内容，敏感内容为 ***；没有可读取的答复时为空")

    class Meta(ExchangeSerializer.Meta):
        fields = [*ExchangeSerializer.Meta.fields, "request", "reply"]
        read_only_fields = fields

    def get_request(self, attempt: Attempt) -> dict[str, Any] | None:
        return masked_json(attempt)[0]

    def get_reply(self, attempt: Attempt) -> dict[str, Any] | None:
        return masked_json(attempt)[1]


class Exchanges(ApiView):
    permissions = {"GET": "gateway.attempts.view"}

    @extend_schema(
        parameters=parameters(AttemptFilter),
        responses=ExchangeSerializer(many=True),
        summary="接口报文列表",
        description="kind 写作 接口.交易代码，如 national.2207A。",
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Attempt.objects.defer("raw_request", "raw_reply")
        return self.page(filtered(AttemptFilter, request.query_params, rows), ExchangeSerializer)


class OneExchange(ApiView):
    permissions = {"GET": "gateway.attempts.view"}

    @extend_schema(responses=OneExchangeSerializer, summary="一条接口报文，敏感内容已隐藏")
    def get(self, request: ApiRequest, attempt_id: UUID) -> Response:
        return Response(OneExchangeSerializer(get_or_404(Attempt, attempt_id)).data)
