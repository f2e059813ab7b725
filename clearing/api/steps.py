from collections.abc import Sequence

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from clearing.api.serializers import GenerationSerializer, WideScopeSerializer
from clearing.models import Generation
from clearing.services import request_fetch, request_generation, request_revocation
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation


def sent(view: ApiView, operations: Sequence[Operation]) -> Response:
    """202: one operation as itself, several as a list; Location is where the first one's outcome will be read."""
    for operation in operations:
        operation.refresh_from_db()
    address = reverse("api:operations-api:operation", args=[operations[0].pk])
    shown = OperationSerializer(operations, many=True).data
    return view.accepted(address, shown[0] if len(shown) == 1 else {"operations": shown})


class Generations(ApiView):
    permissions = {"GET": "clearing.rows.view", "POST": "clearing.generation.request"}

    @extend_schema(responses=GenerationSerializer(many=True), summary="清算批次列表")
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        rows = Generation.objects.filter(environment=request.member.institution.environment)
        return self.page(rows, GenerationSerializer)

    @extend_schema(request=WideScopeSerializer, responses={202: OperationSerializer}, summary="生成清算数据")
    def post(self, request: ApiRequest) -> Response:
        scope = WideScopeSerializer(data=request.data).scope(request.member)
        return sent(self, [request_generation(scope, by=request.member)])


class Fetches(ApiView):
    only_asks = True
    permissions = {"POST": "clearing.generation.request"}

    @extend_schema(request=WideScopeSerializer, responses={202: GenerationSerializer}, summary="重新获取清算数据")
    def post(self, request: ApiRequest) -> Response:
        scope = WideScopeSerializer(data=request.data).scope(request.member)
        jobs = request_fetch(scope, by=request.member)
        batch = Generation.objects.get(pk=jobs[0].params["generation"])
        return self.accepted(reverse("api:clearing-api:generations"), GenerationSerializer(batch).data)


class Revocations(ApiView):
    permissions = {"POST": "clearing.generation.revoke"}

    @extend_schema(
        request=WideScopeSerializer,
        responses={202: OperationSerializer},
        summary="撤销清算数据",
        description="开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。",
    )
    def post(self, request: ApiRequest) -> Response:
        scope = WideScopeSerializer(data=request.data).scope(request.member)
        return sent(self, [request_revocation(scope, by=request.member)])
