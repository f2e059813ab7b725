"""提交前检查 for hospital systems: the same findings as the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from clearing.api.serializers import AGENCY, INSURANCE, YEAR, ScopeSerializer
from clearing.identities import SEVERITIES
from clearing.services.checking import check_application
from portal.api.views import ApiRequest, ApiView


class CheckCaseSerializer(serializers.Serializer[Any]):
    """One row or one institution of a finding."""

    rows = serializers.ListField(source="keys", child=serializers.CharField(), help_text="清算数据 id")
    provider_code = serializers.CharField(help_text="医疗机构编号")
    provider_name = serializers.CharField(help_text="医疗机构名称")
    what = serializers.CharField(help_text="就诊类型和清算类别，或数据来源")
    expected = serializers.CharField(help_text="应为", allow_blank=True)
    found = serializers.CharField(help_text="现有", allow_blank=True)
    disburse = serializers.DecimalField(source="amount", max_digits=18, decimal_places=2, help_text="拨付金额，元")


class CheckIssueSerializer(serializers.Serializer[Any]):
    """One finding; `block` stands in the way of the application."""

    rule = serializers.CharField(help_text="规则代码")
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    title = serializers.CharField()
    sentence = serializers.CharField(help_text="说明和下一步")
    count = serializers.IntegerField(help_text="条数或家数")
    disburse = serializers.DecimalField(source="amount", max_digits=18, decimal_places=2, help_text="拨付金额合计，元")
    cases = CheckCaseSerializer(many=True)


class ApplicationCheckSerializer(serializers.Serializer[Any]):
    """What an application of the scope would take, and everything found about it."""

    year = serializers.IntegerField(source="scope.year")
    insurance = serializers.CharField(source="scope.insurance")
    agency = serializers.CharField(source="scope.agency")
    fetched_at = serializers.DateTimeField(help_text="数据获取时间", allow_null=True)
    blocks = serializers.BooleanField(help_text="为 true 时不能提交")
    count = serializers.IntegerField(source="preview.count", help_text="将申请的条数")
    disburse = serializers.DecimalField(
        source="preview.disburse", max_digits=18, decimal_places=2, help_text="将申请的拨付金额，元"
    )
    left_out = serializers.IntegerField(source="preview.left_out_count", help_text="不纳入的条数")
    issues = CheckIssueSerializer(many=True)


class ApplicationChecks(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(
        parameters=[
            OpenApiParameter("year", int, description=YEAR, required=True),
            OpenApiParameter("insurance", str, description=INSURANCE, required=True),
            OpenApiParameter("agency", str, description=AGENCY, required=True),
        ],
        responses=ApplicationCheckSerializer,
        summary="提交前检查",
        description="只检查，不改变数据，也不向医保中心发送。",
    )
    def get(self, request: ApiRequest) -> Response:
        scope = ScopeSerializer(data=request.query_params).scope(request.member)
        return Response(ApplicationCheckSerializer(check_application(scope)).data)
