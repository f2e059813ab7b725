from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from clearing.api.serializers import (
    ApplicationSerializer,
    CancellationSerializer,
    ScopeSerializer,
)
from clearing.api.steps import sent
from clearing.models import Application
from clearing.services import Refused, cancel_application, submit_application
from clearing.views.lists import ApplicationFilter
from portal.api.filters import filtered, parameters
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer


class Applications(ApiView):
    permissions = {"GET": "clearing.rows.view", "POST": "clearing.application.submit"}

    @extend_schema(
        parameters=parameters(ApplicationFilter),
        responses=ApplicationSerializer(many=True),
        summary="清算申请列表",
    )
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        mine = Application.objects.filter(environment=request.member.institution.environment)
        return self.page(filtered(ApplicationFilter, request.query_params, mine), ApplicationSerializer)

    @extend_schema(
        request=ScopeSerializer,
        responses={202: OperationSerializer},
        summary="提交清算申请",
        description="只纳入已核对的数据。开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。",
    )
    def post(self, request: ApiRequest) -> Response:
        scope = ScopeSerializer(data=request.data).scope(request.member)
        application = submit_application(scope, by=request.member)
        assert application.operation
        return sent(self, [application.operation])


class Cancellations(ApiView):
    permissions = {"POST": "clearing.application.cancel"}

    @extend_schema(request=CancellationSerializer, responses={202: OperationSerializer}, summary="撤销清算申请")
    def post(self, request: ApiRequest) -> Response:
        asked = CancellationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        assert request.member.institution
        application = Application.objects.filter(
            environment=request.member.institution.environment, application_no=asked.validated_data["application_no"]
        ).first()
        if application is None:
            raise Refused("申请编号：没有这份清算申请", field="application_no")
        return sent(self, [cancel_application(application, by=request.member)])
