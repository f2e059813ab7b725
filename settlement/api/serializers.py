"""How visits, lines and settlements look to hospital systems; amounts are text, persons masked."""

from typing import Any

from rest_framework import serializers

from portal.api.fields import Moment
from portal.api.reading import ReadSerializer
from settlement.models import FeeLine, FundShare, Settlement, Visit
from settlement.services.lines import LineGiven


class TraceCodeSerializer(serializers.Serializer[Any]):
    """A drug's trace code."""

    code = serializers.CharField(max_length=100, help_text="药品追溯码 drug_trac_codg")
    split = serializers.ChoiceField(choices=["0", "1"], default="0", help_text="拆零标志 trdn_flag")


class NewLineSerializer(serializers.Serializer[Any]):
    """One fee line as it is delivered."""

    number = serializers.CharField(
        required=False, default="", max_length=30, help_text="费用明细流水号 feedetl_sn，留空由门户编号"
    )
    own_code = serializers.CharField(max_length=150, help_text="机构项目编码 medins_list_codg")
    own_name = serializers.CharField(required=False, default="", max_length=200, help_text="项目名称")
    item_code = serializers.CharField(max_length=50, help_text="医疗目录编码 med_list_codg")
    category = serializers.CharField(required=False, default="", max_length=6, help_text="收费项目类别")
    spec = serializers.CharField(required=False, default="", max_length=200, help_text="规格")
    unit = serializers.CharField(required=False, default="", max_length=20, help_text="单位")
    quantity = serializers.DecimalField(16, 4, help_text="数量 cnt，退费为负")
    price = serializers.DecimalField(16, 6, help_text="单价 pric")
    amount = serializers.DecimalField(
        16, 2, required=False, allow_null=True, default=None, help_text="金额，留空按数量 × 单价"
    )
    occurred_at = Moment(required=False, allow_null=True, default=None, help_text="费用发生时间")
    initial_number = serializers.CharField(required=False, default="", max_length=30, help_text="退费：原费用流水号")
    prescription = serializers.CharField(required=False, default="", max_length=40, help_text="处方/医嘱号")
    outside_prescription = serializers.BooleanField(required=False, default=False, help_text="外购处方")
    single_dose = serializers.CharField(required=False, default="", max_length=200, help_text="单次剂量")
    frequency = serializers.CharField(required=False, default="", max_length=200, help_text="使用频次")
    period_days = serializers.DecimalField(6, 2, required=False, allow_null=True, default=None, help_text="周期天数")
    route = serializers.CharField(required=False, default="", max_length=200, help_text="用药途径")
    tcm_use = serializers.CharField(required=False, default="", max_length=6, help_text="中药使用方式")
    department_code = serializers.CharField(required=False, default="", max_length=30, help_text="开单科室编码")
    department_name = serializers.CharField(required=False, default="", max_length=100, help_text="开单科室")
    doctor_code = serializers.CharField(required=False, default="", max_length=30, help_text="开单医师编码")
    doctor_name = serializers.CharField(required=False, default="", max_length=50, help_text="开单医师")
    take_home = serializers.BooleanField(required=False, default=False, help_text="出院带药")
    trace_codes = TraceCodeSerializer(many=True, required=False, default=list)


def lines_of(validated: list[dict[str, Any]]) -> list[LineGiven]:
    """Validated lines for the service."""
    return [LineGiven(**one) for one in validated]


class ChargedLineSerializer(ReadSerializer[FeeLine]):
    """One fee line, and what the centre made of it."""

    class Meta:
        model = FeeLine
        fields = [
            *("id", "number", "state", "own_code", "own_name", "item_code", "category", "spec", "unit"),
            *("quantity", "price", "amount", "occurred_at", "initial_number", "prescription", "doctor_name"),
            *("grade", "price_limit", "selfpay_share", "fully_own", "over_limit", "prepaid_own", "in_scope", "remark"),
        ]
        read_only_fields = fields


class VisitSerializer(ReadSerializer[Visit]):
    """One visit, the person masked. `operation` is what moves it, while something does."""

    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)

    class Meta:
        model = Visit
        fields = [
            *("id", "environment", "number", "kind", "state", "version", "name_masked", "document_masked"),
            *("insurance", "insured_at", "med_type", "mdtrt_id", "disease_code", "disease_name"),
            *("department_name", "doctor_name", "bed", "started_at", "ended_at", "use_account"),
            *("operation", "registered_at", "undone_at", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class FundShareSerializer(ReadSerializer[FundShare]):
    """What one fund pays."""

    class Meta:
        model = FundShare
        fields = ["fund_type", "name", "amount", "in_scope", "limit"]
        read_only_fields = fields


class SettlementSerializer(ReadSerializer[Settlement]):
    """One preview or settlement; amounts in yuan. Nothing may be collected or printed before `state` is done."""

    visit = serializers.UUIDField(source="visit_id", read_only=True)
    bill = serializers.UUIDField(source="bill_id", allow_null=True, read_only=True)
    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)
    undone_by = serializers.UUIDField(source="undone_by_id", allow_null=True, read_only=True)

    class Meta:
        model = Settlement
        fields = [
            *("id", "environment", "number", "kind", "visit", "bill", "state", "is_interim", "transaction", "setl_id"),
            *("lines_count", "charged", "total", "fund", "person", "account", "family", "cash", "hospital", "pool"),
            *("civil", "enterprise", "serious", "large", "aid", "disabled", "other_fund", "fully_own", "over_limit"),
            *("prepaid_own", "in_scope", "deductible", "balance", "shown", "findings", "differs"),
            *("clr_type", "clr_way", "clr_optins", "invoice", "previewed_at", "settled_at", "operation", "undone_by"),
            *("undone_at", "undo_setl_id", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class SettlementDetailSerializer(SettlementSerializer):
    """The same with the funds and the lines."""

    shares = FundShareSerializer(many=True)
    lines = ChargedLineSerializer(many=True)

    class Meta(SettlementSerializer.Meta):
        fields = [*SettlementSerializer.Meta.fields, "shares", "lines"]
        read_only_fields = fields


class NewPurchaseSerializer(serializers.Serializer[Any]):
    """A purchase: for whom, and its lines."""

    identification = serializers.UUIDField(help_text="识别结果的编号（POST identifications）")
    number = serializers.CharField(required=False, default="", max_length=30, help_text="就诊号，留空由门户编号")
    med_type = serializers.CharField(required=False, default="41", max_length=6, help_text="医疗类别 med_type")
    disease_code = serializers.CharField(required=False, default="", max_length=30, help_text="病种编码")
    disease_name = serializers.CharField(required=False, default="", max_length=500, help_text="病种名称")
    use_account = serializers.ChoiceField(
        choices=["0", "1", "2"], default="1", help_text="个人账户：0 不使用，1 本人，2 共济"
    )
    lines = NewLineSerializer(many=True, help_text="费用明细，1 至 100 条")


class PreviewRequestSerializer(serializers.Serializer[Any]):
    """What is previewed."""

    bill = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="门诊：收费批次")
    is_interim = serializers.BooleanField(required=False, default=False, help_text="住院：中途结算")


class SettleRequestSerializer(serializers.Serializer[Any]):
    """What the patient showed for the settlement, and the invoice."""

    identification = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="重新出示的凭证的识别结果；电子凭证必填"
    )
    invoice = serializers.CharField(required=False, default="", max_length=20, help_text="发票号")
