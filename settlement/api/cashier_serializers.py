"""How cards, prepaid accounts and the cashier look to hospital systems; amounts are text, people masked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from portal.api.reading import ReadSerializer
from settlement.models import (
    AccountType,
    CardReading,
    CashierCharge,
    HealthCardAuth,
    PatientType,
    PrepaidAccount,
    ReadingWay,
    Recharge,
    Refund,
    RefundFlow,
    WithdrawMode,
)

DESK = "终端的编号（GET desks）；留空为调用人所在的终端"


class DeskedSerializer(serializers.Serializer[Any]):
    """What goes to a desk."""

    desk = serializers.UUIDField(required=False, allow_null=True, default=None, help_text=DESK)


class NewReadingSerializer(DeskedSerializer):
    """What is read at a desk."""

    way = serializers.ChoiceField(choices=ReadingWay.choices, help_text="读什么")
    business_type = serializers.CharField(
        required=False, default="", max_length=5, help_text="用码业务类型，扫码时使用"
    )


class ReadingSerializer(ReadSerializer[CardReading]):
    """One reading; the person masked. POST readings/{id}/identifications hands it to 1101."""

    class Meta:
        model = CardReading
        fields = [
            *("id", "environment", "desk", "desk_name", "way", "state", "certificate_type", "card_type", "card_masked"),
            *("name_masked", "document_masked", "insurance", "insured_at", "sentence", "code", "identification"),
            *("asked_at", "answered_at"),
        ]
        read_only_fields = fields


class NewGrantSerializer(DeskedSerializer):
    """For which step a health card's owner is asked."""

    treatment_code = serializers.CharField(max_length=32, help_text="诊疗环节编码（附录 18）")
    office_code = serializers.CharField(required=False, default="", max_length=10, help_text="科室代码")


class GrantSerializer(ReadSerializer[HealthCardAuth]):
    """One authorisation; `code` is what the QR code to scan contains, while it is waited for."""

    code = serializers.SerializerMethodField(help_text="二维码内容，只在等待扫码时有值")

    class Meta:
        model = HealthCardAuth
        fields = [
            *("id", "environment", "desk", "desk_name", "number", "treatment_code", "state", "code", "name_masked"),
            *("document_masked", "sentence", "expires_at", "asked_at", "ended_at"),
        ]
        read_only_fields = fields

    def get_code(self, row: HealthCardAuth) -> str | None:
        return row.address.reveal() if row.is_waiting and row.address else None


class AccountSerializer(ReadSerializer[PrepaidAccount]):
    """One prepaid account."""

    class Meta:
        model = PrepaidAccount
        fields = [
            *("id", "environment", "account_type", "card_type", "card_masked", "patient_id", "name_masked"),
            *("document_masked", "balance", "balance_at", "created_at"),
        ]
        read_only_fields = fields


class NewRechargeSerializer(DeskedSerializer):
    """A recharge; the account is opened with the first one of its card."""

    account_type = serializers.ChoiceField(choices=AccountType.choices, default="01", help_text="账户类型")
    card_type = serializers.CharField(max_length=2, help_text="卡类型（附录卡类型字典）")
    card_no = serializers.CharField(max_length=32, help_text="卡号/住院号")
    patient_id = serializers.CharField(max_length=32, help_text="患者院内ID hisCustId")
    name = serializers.CharField(max_length=32, help_text="患者姓名")
    document = serializers.CharField(required=False, default="", max_length=18, help_text="身份证号")
    amount = serializers.DecimalField(10, 2, min_value=Decimal("0.01"), help_text="充值金额（元），用文本")
    pay_way = serializers.CharField(
        required=False, default="", max_length=32, help_text="depositType：留空打开收银台；CHS_ONE_BAR 医保一码付"
    )
    fee_type = serializers.CharField(required=False, default="", max_length=32, help_text="费用类型")
    his_order_no = serializers.CharField(required=False, default="", max_length=32, help_text="HIS流水号")
    notes = serializers.CharField(required=False, default="", max_length=128, help_text="备注")
    extra = serializers.DictField(
        required=False,
        default=dict,
        help_text="extra，用接口字段名：subject、ecToken、medicalContent、businessInfo、payInfo 等",
    )


class RechargeSerializer(ReadSerializer[Recharge]):
    """One recharge. `number` is outChargeNo; the money is there when `state` is paid, and only then."""

    account = AccountSerializer(read_only=True)
    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)
    refundable = serializers.DecimalField(16, 2, read_only=True, help_text="还可退（元）")

    class Meta:
        model = Recharge
        fields = [
            *("id", "environment", "number", "account", "amount", "held", "refundable", "state", "pay_way"),
            *("fee_type", "his_order_no", "charge_no", "trace_no", "callsn", "channel", "paid_at", "operation"),
            *("desk", "desk_name", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class NewRechargeRefundSerializer(DeskedSerializer):
    """How much of a recharge goes back, how, and why."""

    amount = serializers.DecimalField(10, 2, min_value=Decimal("0.01"), help_text="退款金额（元），用文本")
    mode = serializers.ChoiceField(choices=WithdrawMode.choices, default="1", help_text="退款方式 withdrawMode")
    flow = serializers.ChoiceField(choices=RefundFlow.choices, default="hisDecide", help_text="退款流程 refundType")
    reason = serializers.CharField(max_length=200, help_text="退款原因")
    his_order_no = serializers.CharField(required=False, default="", max_length=32, help_text="HIS流水号")
    is_pos = serializers.BooleanField(required=False, default=False, help_text="原充值是 POS 刷卡（channelType 02）")


class RechargeRefundSerializer(ReadSerializer[Refund]):
    """One refund. `number` is outRefundNo and never changes, however often it is submitted."""

    recharge = serializers.UUIDField(source="recharge_id", read_only=True)
    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)

    class Meta:
        model = Refund
        fields = [
            *("id", "environment", "number", "recharge", "amount", "mode", "flow", "reason", "state", "submitted"),
            *("trace_no", "channel", "external_no", "refunded_at", "operation", "desk", "desk_name", "created_at"),
            *("created_as", "note"),
        ]
        read_only_fields = fields


class NewChargeSerializer(DeskedSerializer):
    """Whom the settling window charges."""

    patient_type = serializers.ChoiceField(choices=PatientType.choices, help_text="患者类型 patientType")
    name = serializers.CharField(max_length=20, help_text="姓名")
    document = serializers.CharField(max_length=20, help_text="证件号码")
    document_type = serializers.CharField(required=False, default="01", max_length=3, help_text="证件类型")
    card_no = serializers.CharField(max_length=32, help_text="卡号")
    card_type = serializers.CharField(required=False, default="", max_length=2, help_text="卡类型")
    account_type = serializers.ChoiceField(choices=AccountType.choices, default="01", help_text="账户类型")
    person_no = serializers.CharField(required=False, default="", max_length=30, help_text="人员编号，医保患者必填")
    insurance = serializers.CharField(required=False, default="", max_length=6, help_text="险种类型，医保患者必填")
    insured_at = serializers.CharField(required=False, default="", max_length=6, help_text="参保地，医保患者必填")
    mdtrt_id = serializers.CharField(required=False, default="", max_length=30, help_text="就诊ID，留空自动挂号")
    extra = serializers.DictField(required=False, default=dict, help_text="extra，用接口字段名")


class ChargeSerializer(ReadSerializer[CashierCharge]):
    """One charge of the window; amounts are there once it was taken back."""

    operation = serializers.UUIDField(source="operation_id", allow_null=True, read_only=True)
    cancelled_by = serializers.UUIDField(source="cancelled_by_id", allow_null=True, read_only=True)

    class Meta:
        model = CashierCharge
        fields = [
            *("id", "environment", "number", "state", "patient_type", "name_masked", "document_masked", "card_masked"),
            *("insurance", "insured_at", "orders", "charge_no", "trace_no", "callsn", "mdtrt_id", "setl_id"),
            *("charged_at", "operation", "cancelled_by", "cancelled_at", "total", "fund", "account", "cash"),
            *("desk", "desk_name", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class ChargeCancellationSerializer(DeskedSerializer):
    """What names the settlement at the centre, and why it is taken back."""

    mdtrt_id = serializers.CharField(max_length=30, help_text="就诊ID")
    setl_id = serializers.CharField(max_length=30, help_text="结算ID")
    reason = serializers.CharField(max_length=200, help_text="撤销原因")
    person_no = serializers.CharField(
        required=False, default="", max_length=30, help_text="人员编号，收费时没有填的须填"
    )
