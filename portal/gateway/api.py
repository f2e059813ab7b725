"""Operations for hospital systems: where a call that was answered with 202 stands, and what came of it."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway import shown
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.states import State


class OperationSerializer(serializers.ModelSerializer[Operation]):
    """While `is_live`, the outcome may still change: ask again, never send the business again."""

    sentence = serializers.CharField(read_only=True, help_text="状态的中文说明；结果待确认不等于失败")
    is_live = serializers.BooleanField(read_only=True, help_text="是否还会变化")
    next_step = serializers.SerializerMethodField(help_text="接下来会发生什么")

    class Meta:
        model = Operation
        fields = [
            *("id", "gateway", "environment", "kind", "business_key", "title", "state", "sentence", "is_live"),
            *("next_step", "four_eyes", "code", "message", "expected", "attempts"),
            *("created_at", "state_since", "finished_at"),
        ]
        read_only_fields = fields

    def get_next_step(self, operation: Operation) -> str:
        return shown.what_next(operation)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    class Meta:
        model = Attempt
        fields = ["n", "msgid", "sent_at", "finished_at", "outcome", "code", "message", "took_ms"]
        read_only_fields = fields


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ["at", "method", "verdict", "note"]
        read_only_fields = fields


class OneOperationSerializer(OperationSerializer):
    sendings = AttemptSerializer(many=True, source="attempt_rows")
    evidence = EvidenceSerializer(many=True, source="evidence_rows")

    class Meta(OperationSerializer.Meta):
        fields = [*OperationSerializer.Meta.fields, "sendings", "evidence"]


class Operations(ApiView):
    permissions = {"GET": "gateway.operations.view"}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=State.values, description="只看这种状态")],
        responses=OperationSerializer(many=True),
        summary="接口业务列表",
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Operation.objects.defer("request", "reply")
        state = request.query_params.get("state")
        if state and state not in State.values:
            raise Problem(422, "invalid", "state：没有这种状态")
        return self.page(rows.filter(state=state) if state else rows, OperationSerializer)


class OneOperation(ApiView):
    permissions = {"GET": "gateway.operations.view"}

    @extend_schema(responses=OneOperationSerializer, summary="接口业务的状态和结果")
    def get(self, request: ApiRequest, operation_id: UUID) -> Response:
        return Response(OneOperationSerializer(get_or_404(Operation, operation_id)).data)
