"""异地清分 for hospital systems: months, settlements, decisions, confirmations and roll-backs (3260, 3261, 3262)."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from clearing.api.serializers import FindingSerializer, OperationsSerializer
from clearing.api.steps import sent
from clearing.models import CrossRegionBatch, CrossRegionMonth, CrossRegionRow, RowDecision
from clearing.services import Refused
from clearing.services.cross_region import (
    confirm_month,
    decide,
    month_of,
    request_fetch,
    roll_back_batch,
    roll_back_month,
)
from clearing.views.cross_region_lists import BatchFilter, CrossRowFilter
from portal.access.gate import get_or_404
from portal.access.member import Member
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer, Rows, answered, by_key, firsts, take
from portal.api.filters import filtered, parameters
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer

AMOUNTS = {
    "medical_fee": {"help_text": "总费用 medfee_sumamt，元"},
    "agency_paid": {"help_text": "经办机构支付总额 optins_pay_sumamt，元"},
}
WAITS = "开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。"


def environment(by: Member) -> str:
    assert by.institution
    return by.institution.environment


class CrossMonthSerializer(serializers.Serializer[Any]):
    """A month of settlements."""

    year = serializers.IntegerField(
        help_text="结算年度，四位数字", error_messages={"invalid": "结算年度：应为四位数字"}
    )
    month = serializers.IntegerField(help_text="结算月份 1—12", error_messages={"invalid": "结算月份：应为 1 至 12"})

    def named(self, by: Member) -> CrossRegionMonth:
        """The month that was asked for; raises ValidationError, or Refused naming the field."""
        self.is_valid(raise_exception=True)
        return month_of(by, self.validated_data["year"], self.validated_data["month"])


class CrossRegionMonthSerializer(ReadSerializer[CrossRegionMonth]):
    """One month with the totals of its last complete fetch; yuan."""

    class Meta:
        model = CrossRegionMonth
        fields = ["id", "environment", "year", "month", "count", "medical_fee", "agency_paid", "fetched_at", "note"]
        read_only_fields = fields
        extra_kwargs = AMOUNTS


class CrossRegionRowSerializer(ReadSerializer[CrossRegionRow]):
    """One settlement; the certificate number is masked."""

    month = serializers.CharField(source="month.key", read_only=True, help_text="结算月份，如 2025-11")
    certificate = serializers.CharField(source="certificate_shown", read_only=True, help_text="证件号码（已遮盖）")
    findings = FindingSerializer(many=True, read_only=True)

    class Meta:
        model = CrossRegionRow
        fields = [
            *("id", "month", "sequence", "region", "provider_code", "certificate", "visit_no", "settled_at"),
            *("settlement_no", "advance_flag", "medical_fee", "agency_paid", "decision", "reason", "decided_as"),
            *("decided_at", "standing", "compared", "findings", "changed_at", "flaw", "fetched_at", "gone_at"),
        ]
        read_only_fields = fields
        extra_kwargs = AMOUNTS


class CrossRegionBatchSerializer(ReadSerializer[CrossRegionBatch]):
    """One confirmation; amounts are those of its confirmed rows, yuan."""

    month = serializers.CharField(source="month.key", read_only=True, help_text="结算月份，如 2025-11")

    class Meta:
        model = CrossRegionBatch
        fields = [
            *("id", "month", "number", "state", "message_id", "count", "yes_count", "no_count", "medical_fee"),
            *("agency_paid", "submitted_at", "confirmed_at", "rolled_back_at", "note"),
        ]
        read_only_fields = fields
        extra_kwargs = AMOUNTS


class DecisionSerializer(BulkSerializer):
    """A decision about rows, by their ids."""

    rows = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST, help_text=f"明细 id，最多 {MOST:,} 个"
    )
    decision = serializers.ChoiceField(choices=RowDecision.choices, help_text="confirm、decline 或 undecided")
    reason = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="不确认、或确认有差异的明细时必填"
    )


class DecidedSerializer(BulkAnswerSerializer):
    """How many rows were decided about."""

    count = serializers.IntegerField(help_text="条数")


class ConfirmationSerializer(CrossMonthSerializer):
    """Which month is confirmed, and how many rows the caller expects that to be."""

    count = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, help_text="预期提交的条数；与实际不符时不提交"
    )


class RollBackSerializer(CrossMonthSerializer):
    """What is taken back: one confirmation by its number, or everything of the month with 0."""

    message_id = serializers.CharField(max_length=60, help_text="确认报文编号 inf_refmsgid；0 表示该月全部确认")


class CrossRegionMonths(ApiView):
    permissions = {"GET": "clearing.cross_region.view"}

    @extend_schema(responses=CrossRegionMonthSerializer(many=True), summary="异地清分月份列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(
            CrossRegionMonth.objects.filter(environment=environment(request.member)), CrossRegionMonthSerializer
        )


class CrossRegionFetches(ApiView):
    only_asks = True
    permissions = {"POST": "clearing.cross_region.fetch"}

    @extend_schema(
        request=CrossMonthSerializer, responses={202: CrossRegionMonthSerializer}, summary="获取异地清分明细（3260）"
    )
    def post(self, request: ApiRequest) -> Response:
        asked = CrossMonthSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        request_fetch(asked.validated_data["year"], asked.validated_data["month"], by=request.member)
        month = asked.named(request.member)
        return self.accepted(reverse("api:clearing-api:cross-region-months"), CrossRegionMonthSerializer(month).data)


class CrossRegionRows(ApiView):
    permissions = {"GET": "clearing.cross_region.view"}

    @extend_schema(
        parameters=parameters(CrossRowFilter),
        responses=CrossRegionRowSerializer(many=True),
        summary="异地清分明细列表",
    )
    def get(self, request: ApiRequest) -> Response:
        mine = CrossRegionRow.objects.filter(month__environment=environment(request.member)).select_related("month")
        return self.page(filtered(CrossRowFilter, request.query_params, mine), CrossRegionRowSerializer)


class OneCrossRegionRow(ApiView):
    permissions = {"GET": "clearing.cross_region.view"}

    @extend_schema(responses=CrossRegionRowSerializer, summary="一条异地清分明细")
    def get(self, request: ApiRequest, row_id: UUID) -> Response:
        row = get_or_404(CrossRegionRow, row_id, month__environment=environment(request.member))
        return Response(CrossRegionRowSerializer(row).data)


class CrossRegionDecisions(ApiView):
    permissions = {"POST": "clearing.cross_region.decide"}
    rows_in = ("rows",)

    @extend_schema(
        request=DecisionSerializer,
        responses={200: DecidedSerializer, 207: DecidedSerializer},
        summary="决定异地清分明细",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        rows = Rows("rows")
        ids = firsts(given["rows"], rows)
        mine = CrossRegionRow.objects.filter(month__environment=environment(request.member))
        known = set(mine.filter(pk__in=list(ids.values())).values_list("pk", flat=True))
        for place in [place for place, one in ids.items() if one not in known]:
            rows.wrong(place, [("", "没有这条明细")])

        def decided(some: list[UUID]) -> int:
            return decide(mine.filter(pk__in=some), given["decision"], given["reason"], by=request.member)

        wanted = {place: one for place, one in ids.items() if one in known}
        taken = take(wanted, decided, by_key(lambda one: one), rows, atomic=given["atomic"])
        for place in taken.places if taken else ():
            rows.done(place, "decided", ids[place])
        return answered([rows], atomic=given["atomic"], status=200, more={"count": taken.result if taken else 0})


class CrossRegionConfirmations(ApiView):
    permissions = {"GET": "clearing.cross_region.view", "POST": "clearing.cross_region.confirm"}

    @extend_schema(
        parameters=parameters(BatchFilter),
        responses=CrossRegionBatchSerializer(many=True),
        summary="异地清分确认批次列表",
    )
    def get(self, request: ApiRequest) -> Response:
        mine = CrossRegionBatch.objects.filter(month__environment=environment(request.member))
        found = filtered(BatchFilter, request.query_params, mine.select_related("month"))
        return self.page(found, CrossRegionBatchSerializer)

    @extend_schema(
        request=ConfirmationSerializer,
        responses={202: OperationsSerializer},
        summary="提交异地清分确认（3261）",
        description="提交该月全部已决定的明细，每 100 条一批，每批一个操作，依次发送。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = ConfirmationSerializer(data=request.data)
        month = asked.named(request.member)
        batches = confirm_month(month, by=request.member, count=asked.validated_data["count"])
        return sent(self, [batch.operation for batch in batches if batch.operation])


class CrossRegionRollBacks(ApiView):
    permissions = {"POST": "clearing.cross_region.roll_back"}

    @extend_schema(
        request=RollBackSerializer,
        responses={202: OperationSerializer},
        summary="回退异地清分确认（3262）",
        description=WAITS,
    )
    def post(self, request: ApiRequest) -> Response:
        asked = RollBackSerializer(data=request.data)
        month = asked.named(request.member)
        number = asked.validated_data["message_id"]
        if number == "0":
            return sent(self, [roll_back_month(month, by=request.member)])
        batch = CrossRegionBatch.objects.filter(month=month, message_id=number).first()
        if batch is None:
            raise Refused("确认报文编号：该月没有这个确认", field="message_id")
        return sent(self, [roll_back_batch(batch, by=request.member)])
