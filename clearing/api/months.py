"""月结 for hospital systems: what was fetched, and having it fetched again (clearing manual ch. 6)."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from clearing.api.serializers import WideScopeSerializer
from clearing.models import Month, MonthKind, MonthlyDetail, MonthRead
from clearing.models.month import ReadState
from clearing.services.months import MonthQuery, request_months
from clearing.views.month_lists import MonthFilter
from portal.access.member import Member
from portal.api.filters import filtered, parameters
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.jobs import Job

COMMON = ("id", "environment", "year", "insurance", "agency", "visit_type", "month", "provider_code", "provider_name")
AMOUNTS = {
    "medical_fee": {"help_text": "医疗费总额 medfee_sumamt，元"},
    "fund_due": {"help_text": "基金应付 fund_due_amt，元"},
    "monthly_paid": {"help_text": "月结已付 monthly_paid_amt，元"},
}
FILTERS = parameters(MonthFilter)


class MonthSerializer(ReadSerializer[Month]):
    """One month of one provider, region, visit type and clearing type."""

    class Meta:
        model = Month
        fields = [
            *COMMON,
            *("region", "clearing_type", "visit_count", "medical_fee", "fund_due", "monthly_paid", "fetched_at"),
        ]
        read_only_fields = fields
        extra_kwargs = AMOUNTS


class MonthlyDetailSerializer(ReadSerializer[MonthlyDetail]):
    """One settlement; the person's name and certificate number are masked."""

    class Meta:
        model = MonthlyDetail
        fields = [
            *COMMON,
            *("region", "clearing_type", "detail_id", "settlement_no", "settled_on", "person_name_masked"),
            *("certno_masked", "medical_fee", "fund_due", "monthly_paid"),
        ]
        read_only_fields = fields
        extra_kwargs = AMOUNTS


class MonthReadSerializer(serializers.ModelSerializer[MonthRead]):
    """What is here: one complete reading of a visit type and month, when it was made and for whom."""

    class Meta:
        model = MonthRead
        fields = [
            *("kind", "environment", "year", "insurance", "agency", "visit_type", "month", "count", "fetched_at"),
            "fetched_label",
        ]
        read_only_fields = fields


class MonthQuerySerializer(WideScopeSerializer):
    """What is fetched; visit type and month may be left out."""

    kind = serializers.ChoiceField(choices=MonthKind.choices, help_text="summary 月结汇总，detail 月结明细")
    visit_type = serializers.CharField(
        help_text="结算类型 akc191：001、002、003、005；不填表示全部", max_length=3, required=False, default=""
    )
    month = serializers.IntegerField(help_text="月份 1—12；不填表示全年", required=False, default=None, allow_null=True)

    def query(self, by: Member) -> MonthQuery:
        """What was asked for; raises ValidationError, or Refused naming the field."""
        scope = self.scope(by)
        asked: dict[str, Any] = self.validated_data
        return MonthQuery(MonthKind(asked["kind"]), scope, asked["visit_type"], asked["month"])


class MonthFetchSerializer(serializers.Serializer[Job]):
    """A fetch on its way; its outcome shows in the list of readings."""

    id = serializers.UUIDField(help_text="后台任务编号")
    title = serializers.CharField(help_text="事项")
    state = serializers.CharField(help_text="状态")
    done = serializers.IntegerField(help_text="已完成的组数")
    total = serializers.IntegerField(help_text="总组数", allow_null=True)
    joined = serializers.BooleanField(help_text="同一范围的获取已在进行，本次加入其中")


def chosen(rows: QuerySet[Any], params: QueryDict) -> QuerySet[Any]:
    """The rows that are asked for; the filter's form costs more than the list, so nothing asked is nothing made."""
    return rows if params.keys().isdisjoint(MonthFilter.base_filters) else filtered(MonthFilter, params, rows)


def environment_of(by: Member) -> str:
    assert by.institution
    return str(by.institution.environment)


class MonthlySummaries(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(
        parameters=FILTERS, responses=MonthSerializer(many=True), summary="月结汇总列表", description="金额单位：元。"
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Month.shown(environment_of(request.member))
        return self.page(chosen(rows, request.query_params), MonthSerializer)


class MonthlyDetails(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(
        parameters=FILTERS,
        responses=MonthlyDetailSerializer(many=True),
        summary="月结明细列表",
        description="金额单位：元。姓名和证件号码已隐去一部分。",
    )
    def get(self, request: ApiRequest) -> Response:
        rows = MonthlyDetail.shown(environment_of(request.member))
        return self.page(chosen(rows, request.query_params), MonthlyDetailSerializer)


class MonthlyFetches(ApiView):
    only_asks = True
    permissions = {"GET": "clearing.rows.view", "POST": "clearing.generation.request"}

    @extend_schema(responses=MonthReadSerializer(many=True), summary="月结数据的获取情况")
    def get(self, request: ApiRequest) -> Response:
        reads = MonthRead.objects.filter(environment=environment_of(request.member), state=ReadState.CURRENT)
        return self.page(reads, MonthReadSerializer)

    @extend_schema(
        request=MonthQuerySerializer,
        responses={202: MonthFetchSerializer},
        summary="获取月结汇总或月结明细",
        description="取完整的一组（清算机构、结算类型、月份）才替换原有数据。",
    )
    def post(self, request: ApiRequest) -> Response:
        job = request_months(MonthQuerySerializer(data=request.data).query(request.member), by=request.member)
        return self.accepted(reverse("api:clearing-api:monthly-fetches"), MonthFetchSerializer(job).data)
