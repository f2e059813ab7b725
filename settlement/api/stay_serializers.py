"""What hospital systems send about stays and filings."""

from typing import Any

from rest_framework import serializers

from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer
from portal.api.fields import Moment
from portal.api.reading import ReadSerializer
from settlement.api.serializers import NewLineSerializer
from settlement.models import Filing, FilingKind
from settlement.services.inpatient.discharge import DischargeGiven
from settlement.services.inpatient.writing import AdmissionGiven, DiagnosisGiven


class StayDiagnosisSerializer(serializers.Serializer[Any]):
    """One diagnosis; exactly one is the main one."""

    code = serializers.CharField(max_length=20, help_text="诊断代码")
    name = serializers.CharField(max_length=100, help_text="诊断名称")
    is_main = serializers.BooleanField(required=False, default=False, help_text="主诊断，须恰有一条")
    type = serializers.CharField(required=False, default="1", max_length=3, help_text="诊断类别 diag_type")
    condition = serializers.CharField(required=False, default="", max_length=500, help_text="入院病情")
    department = serializers.CharField(required=False, default="", max_length=50, help_text="诊断科室")
    doctor_code = serializers.CharField(required=False, default="", max_length=30, help_text="诊断医师编码")
    doctor_name = serializers.CharField(required=False, default="", max_length=50, help_text="诊断医师")
    diagnosed_at = Moment(required=False, allow_null=True, default=None, help_text="诊断时间")


class StayOpeningSerializer(serializers.Serializer[Any]):
    """Where and by whom somebody is treated."""

    department_code = serializers.CharField(max_length=30, help_text="科室编码")
    department_name = serializers.CharField(max_length=100, help_text="科室名称")
    ward = serializers.CharField(required=False, default="", max_length=100, help_text="病区")
    bed = serializers.CharField(max_length=30, help_text="床位")
    doctor_code = serializers.CharField(max_length=30, help_text="主治医师编码")
    doctor_name = serializers.CharField(max_length=50, help_text="主治医师")
    med_type = serializers.CharField(required=False, default="2101", max_length=6, help_text="医疗类别 med_type")
    disease_code = serializers.CharField(required=False, default="", max_length=30, help_text="病种编码")
    disease_name = serializers.CharField(required=False, default="", max_length=500, help_text="病种名称")
    use_account = serializers.ChoiceField(choices=["0", "1", "2"], default="1", help_text="个人账户使用标志")
    started_at = Moment(required=False, allow_null=True, default=None, help_text="入院时间")
    more = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        default=dict,
        help_text="其他项目，用接口字段名，如 tel、matn_type",
    )
    diagnoses = StayDiagnosisSerializer(many=True, help_text="入院诊断")


class NewStaySerializer(StayOpeningSerializer):
    """A stay: for whom, where, and what was diagnosed."""

    identification = serializers.UUIDField(help_text="识别结果的编号（POST identifications）")
    number = serializers.CharField(required=False, default="", max_length=30, help_text="住院号，留空由门户编号")


class FeesAskedSerializer(BulkSerializer):
    """What is said about a delivery of charges, apart from its lines."""

    upload = serializers.BooleanField(required=False, default=False, help_text="保存后立即开始上传")


class FeesSerializer(FeesAskedSerializer):
    """A delivery of charges."""

    lines = NewLineSerializer(many=True, help_text=f"费用明细，1 至 {MOST:,} 条")


class FeesTakenSerializer(BulkAnswerSerializer):
    """What became of a delivery."""

    taken = serializers.IntegerField(help_text="保存的条数")
    amount = serializers.CharField(help_text="合计（元）")
    numbers = serializers.ListField(child=serializers.CharField(), help_text="保存的流水号，按提交的顺序")
    waiting = serializers.IntegerField(help_text="这次住院待上传的条数")


class RemovalSerializer(serializers.Serializer[Any]):
    """Which lines are taken back."""

    numbers = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, default=list, help_text="费用明细流水号"
    )
    all = serializers.BooleanField(required=False, default=False, help_text="全部未结算的明细（0000）")


class StayEndSerializer(serializers.Serializer[Any]):
    """How somebody leaves."""

    ended_at = Moment(help_text="出院时间")
    way = serializers.CharField(required=False, default="1", max_length=3, help_text="离院方式 dscg_way")
    department_code = serializers.CharField(required=False, default="", max_length=30, help_text="出院科室编码")
    department_name = serializers.CharField(required=False, default="", max_length=100, help_text="出院科室")
    bed = serializers.CharField(required=False, default="", max_length=30, help_text="出院床位")
    died_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="死亡日期")
    has_complication = serializers.BooleanField(required=False, default=False, help_text="伴有并发症")
    diagnoses = StayDiagnosisSerializer(many=True, help_text="出院诊断")


class SettleStaySerializer(serializers.Serializer[Any]):
    """Which preview the patient agreed to, what they showed for it, and the invoice."""

    preview = serializers.UUIDField(help_text="病人确认的预结算的编号")
    identification = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="重新出示的凭证的识别结果；电子凭证必填"
    )
    invoice = serializers.CharField(required=False, default="", max_length=20, help_text="发票号")


def diagnoses_of(given: dict[str, Any]) -> list[DiagnosisGiven]:
    return [DiagnosisGiven(**one) for one in given.pop("diagnoses")]


def admission_of(given: dict[str, Any]) -> AdmissionGiven:
    return AdmissionGiven(**given)


def discharge_of(given: dict[str, Any]) -> DischargeGiven:
    return DischargeGiven(**given)


class FilingSerializer(ReadSerializer[Filing]):
    """One filing, the person masked. `operation` is what moves it, while something does."""

    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)

    class Meta:
        model = Filing
        fields = [
            *("id", "environment", "kind", "state", "transaction", "number", "name_masked", "document_masked"),
            *("insured_at", "code", "name", "begins", "ends", "operation", "seen_at", "confirmed_at", "filed_at"),
            *("withdrawn_at", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class NewFilingSerializer(serializers.Serializer[Any]):
    """A filing: which kind, for whom, and its items."""

    kind = serializers.ChoiceField(choices=FilingKind.choices, help_text="备案类型")
    identification = serializers.UUIDField(help_text="识别结果的编号（POST identifications）")
    content = serializers.DictField(help_text="备案内容，用接口字段名（2501、2503、2505、Z1101 的输入，不含 psn_no）")


class WithdrawalSerializer(serializers.Serializer[Any]):
    """Why a filing is taken back."""

    memo = serializers.CharField(max_length=500, help_text="撤销原因")
