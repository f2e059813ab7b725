"""How the clearing reads on the wire of our API. Amounts are yuan as text with two places, times ISO 8601."""

from typing import Any

from rest_framework import serializers

from clearing.models import Application, ClearingRow, Generation, Scope
from clearing.services import scope_of
from portal.access.member import Member
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer
from portal.api.reading import ReadSerializer
from portal.gateway.api import OperationSerializer

YEAR = "清算年份，四位数字，2015 至明年"
INSURANCE = "险种 aka080：001 城镇职工，002 城乡居民"
AGENCY = "清算机构 qsjg00：001 同煤，002 异地，003 本地"


MOST_PROVIDERS = 50


class WideScopeSerializer(serializers.Serializer[Any]):
    """A year, an insurance, and one agency or all."""

    year = serializers.IntegerField(help_text=YEAR, error_messages={"invalid": "清算年份：应为四位数字"})
    insurance = serializers.CharField(help_text=INSURANCE, max_length=3)
    agency = serializers.CharField(help_text=f"{AGENCY}；不填表示全部", max_length=3, required=False, default="")

    def scope(self, by: Member) -> Scope:
        """What was asked for; raises ValidationError, or Refused naming the field."""
        self.is_valid(raise_exception=True)
        asked = self.validated_data
        return scope_of(by, asked["year"], asked["insurance"], asked["agency"])


class ScopeSerializer(WideScopeSerializer):
    """A year, an insurance and one agency."""

    agency = serializers.CharField(help_text=AGENCY, max_length=3)


class PaperSerializer(WideScopeSerializer):
    """A scope, and the institutions that a paper is restricted to."""

    provider = serializers.CharField(
        help_text="医疗机构编号，多个用逗号分开", required=False, default="", allow_blank=True
    )

    def validate_provider(self, value: str) -> tuple[str, ...]:
        """The codes, each once."""
        codes = tuple(dict.fromkeys(code.strip() for code in value.split(",") if code.strip()))
        if len(codes) > MOST_PROVIDERS:
            raise serializers.ValidationError(f"医疗机构编号：最多 {MOST_PROVIDERS} 个")
        return codes


class RowsSerializer(BulkSerializer):
    """Rows by the centre's number."""

    row_ids = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=MOST,
        help_text=f"数据编号，最多 {MOST:,} 个；超过 500 条时分为多个操作",
    )


class AcceptanceSerializer(serializers.Serializer[Any]):
    """Why a row is accepted although it does not add up."""

    row_id = serializers.CharField(max_length=40, help_text="数据编号")
    reason = serializers.CharField(max_length=200, help_text="接受理由，4 到 200 个字")


class CancellationSerializer(serializers.Serializer[Any]):
    """The application to be cancelled, by its number at the centre."""

    application_no = serializers.CharField(max_length=40, help_text="申请编号")


class FindingSerializer(serializers.Serializer[Any]):
    """One identity that does not hold; amounts in yuan."""

    rule = serializers.CharField(help_text="规则代码")
    field = serializers.CharField(help_text="字段")
    title = serializers.CharField(help_text="说明")
    ours = serializers.CharField(help_text="应为，元")
    theirs = serializers.CharField(help_text="中心数据，元")
    difference = serializers.CharField(help_text="相差，元", allow_blank=True)


AMOUNTS = {
    "medical_fee": "医疗费总额 medfee_sumamt，元",
    "fund_due": "基金应付 fund_due_amt，元",
    "monthly_paid": "月结已付 monthly_paid_amt，元",
    "deposit": "保证金 deposit_amt，元",
    "deduction": "扣款 deduct_amt，元",
    "deposit_refund": "保证金返还 deposit_refund_amt，元",
    "disburse": "拨付金额 disburse_amt，元；负数表示应退回",
}


class RowSerializer(ReadSerializer[ClearingRow]):
    """One clearing row."""

    findings = FindingSerializer(many=True, read_only=True)

    class Meta:
        model = ClearingRow
        fields = [
            *("id", "row_id", "environment", "year", "insurance", "agency", "provider_code", "provider_name"),
            *("provider_type", "region", "visit_type", "clearing_type", "visit_count", "medical_fee", "fund_due"),
            *("monthly_paid", "deposit", "deduction", "score", "deposit_refund", "disburse", "state", "findings"),
            *("accepted_reason", "accepted_at", "verified_as", "verified_at", "fetched_at"),
        ]
        read_only_fields = fields
        extra_kwargs = {name: {"help_text": words} for name, words in AMOUNTS.items()}


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """One clearing application; `count` and the amounts are those frozen when it was prepared."""

    class Meta:
        model = Application
        fields = [
            *("id", "application_no", "environment", "year", "insurance", "agency", "state", "audit_state", "count"),
            *("left_out", "medical_fee", "fund_due", "disburse", "centre_count", "centre_disburse", "submitted_at"),
            *("applied_at", "cancelled_at", "asked_at", "note"),
        ]
        read_only_fields = fields


class GenerationSerializer(serializers.ModelSerializer[Generation]):
    """One batch."""

    class Meta:
        model = Generation
        fields = [
            *("id", "environment", "year", "insurance", "agency", "state", "batch_no", "count", "fund_due", "disburse"),
            *("requested_at", "fetched_at", "note"),
        ]
        read_only_fields = fields


class OperationsSerializer(serializers.Serializer[Any]):
    """The operations that one call opened."""

    operations = OperationSerializer(many=True)


class RowsOpenedSerializer(BulkAnswerSerializer):
    """What became of each row, and the operations that the call opened."""

    operations = OperationSerializer(many=True)
