from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0007_desks"),
        ("settlement", "0006_acceptance"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrepaidAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                (
                    "account_type",
                    models.CharField(choices=[("01", "门诊"), ("02", "住院")], max_length=2, verbose_name="账户类型"),
                ),
                ("card_type", models.CharField(max_length=2, verbose_name="卡类型")),
                ("card_no", portal.vault.fields.SealedField(verbose_name="卡号")),
                (
                    "card_no_index",
                    portal.vault.fields.BlindIndex(max_length=34, null=True, source="card_no", verbose_name="卡号索引"),
                ),
                ("card_masked", models.CharField(max_length=40, verbose_name="卡号（遮盖）")),
                ("patient_id", models.CharField(max_length=32, verbose_name="患者院内ID")),
                ("name", portal.vault.fields.SealedField(verbose_name="姓名")),
                ("name_masked", models.CharField(max_length=60, verbose_name="姓名（遮盖）")),
                ("document", portal.vault.fields.SealedField(null=True, verbose_name="身份证号")),
                (
                    "document_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="document", verbose_name="身份证号索引"
                    ),
                ),
                ("document_masked", models.CharField(blank=True, max_length=50, verbose_name="身份证号（遮盖）")),
                ("balance", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="平台余额")),
                ("balance_at", models.DateTimeField(null=True, verbose_name="余额时间")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="建立人（显示）")),
                (
                    "institution",
                    models.ForeignKey(
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "预交金账户",
                "verbose_name_plural": "预交金账户",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="prepaid_newest"),
                    models.Index(fields=["institution", "card_no_index"], name="prepaid_by_card"),
                    models.Index(fields=["institution", "document_index"], name="prepaid_by_document"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "institution",
                            "environment",
                            "account_type",
                            "card_type",
                            "patient_id",
                            "card_no_index",
                        ),
                        name="one_prepaid_account_a_card",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("desk", models.UUIDField(verbose_name="终端")),
                ("desk_name", models.CharField(blank=True, max_length=60, verbose_name="终端名称")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("told", models.JSONField(default=dict, verbose_name="平台查询结果")),
                ("told_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                ("receipts", models.PositiveSmallIntegerField(default=0, verbose_name="打印次数")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="经办人（显示）")),
                ("number", models.CharField(max_length=32, verbose_name="充值单号")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="充值金额")),
                (
                    "held",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="已退和退款中"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("paying", "收款中"), ("paid", "已到账"), ("rejected", "未收款")],
                        default="paying",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("pay_way", models.CharField(blank=True, max_length=32, verbose_name="支付方式")),
                ("fee_type", models.CharField(blank=True, max_length=32, verbose_name="费用类型")),
                ("his_order_no", models.CharField(blank=True, max_length=32, verbose_name="HIS流水号")),
                ("is_credit", models.BooleanField(default=False, verbose_name="信用就医")),
                ("content", portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="充值内容")),
                ("charge_no", models.CharField(blank=True, max_length=32, verbose_name="平台充值订单号")),
                ("trace_no", models.CharField(blank=True, max_length=64, verbose_name="平台跟踪号")),
                ("callsn", models.CharField(blank=True, max_length=32, verbose_name="HIS交易订单号")),
                ("channel", models.CharField(blank=True, max_length=32, verbose_name="支付渠道")),
                ("qrcode", portal.vault.fields.SealedField(null=True, verbose_name="二维码")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="到账时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recharges",
                        to="settlement.prepaidaccount",
                        verbose_name="预交金账户",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "预交金充值",
                "verbose_name_plural": "预交金充值",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="recharge_newest"),
                    models.Index(fields=["institution", "environment", "-paid_at"], name="recharge_by_day"),
                    models.Index(fields=["institution", "account", "-created_at"], name="recharge_of_account"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="recharge_by_operation",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_recharge_a_number"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="recharge_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(("held__gte", 0), ("held__lte", models.F("amount"))),
                        name="recharge_not_over_refunded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("desk", models.UUIDField(verbose_name="终端")),
                ("desk_name", models.CharField(blank=True, max_length=60, verbose_name="终端名称")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("told", models.JSONField(default=dict, verbose_name="平台查询结果")),
                ("told_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                ("receipts", models.PositiveSmallIntegerField(default=0, verbose_name="打印次数")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="经办人（显示）")),
                ("number", models.CharField(max_length=32, verbose_name="退款单号")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="退款金额")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("refunding", "退款中"),
                            ("refunded", "已退款"),
                            ("rejected", "未退款"),
                            ("withdrawn", "已撤回"),
                            ("odd", "金额不符，待人工核对"),
                        ],
                        default="refunding",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("0", "现金"),
                            ("1", "原路退回"),
                            ("2", "银企转账"),
                            ("3", "医保自费退回"),
                            ("4", "离线POS"),
                            ("5", "单位转账"),
                            ("7", "MisPOS"),
                        ],
                        max_length=1,
                        verbose_name="退款方式",
                    ),
                ),
                (
                    "flow",
                    models.CharField(
                        choices=[
                            ("direct", "HIS提供退款接口"),
                            ("hisDecide", "HIS没有退款接口"),
                            ("prepareAndConfirm", "HIS预退款并确认"),
                        ],
                        max_length=20,
                        verbose_name="退款流程",
                    ),
                ),
                ("channel_type", models.CharField(blank=True, max_length=2, verbose_name="原渠道类型")),
                ("his_order_no", models.CharField(blank=True, max_length=32, verbose_name="HIS流水号")),
                ("reason", models.CharField(max_length=200, verbose_name="退款原因")),
                ("submitted", models.PositiveSmallIntegerField(default=1, verbose_name="提交次数")),
                ("trace_no", models.CharField(blank=True, max_length=64, verbose_name="平台跟踪号")),
                ("channel", models.CharField(blank=True, max_length=32, verbose_name="支付渠道")),
                ("external_no", models.CharField(blank=True, max_length=128, verbose_name="第三方流水号")),
                ("refunded_at", models.DateTimeField(null=True, verbose_name="退款时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="settlement.prepaidaccount",
                        verbose_name="预交金账户",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="操作",
                    ),
                ),
                (
                    "recharge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="settlement.recharge",
                        verbose_name="充值",
                    ),
                ),
            ],
            options={
                "verbose_name": "预交金退款",
                "verbose_name_plural": "预交金退款",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="refund_newest"),
                    models.Index(fields=["institution", "environment", "-refunded_at"], name="refund_by_day"),
                    models.Index(fields=["institution", "recharge"], name="refund_of_recharge"),
                    models.Index(fields=["institution", "account", "-created_at"], name="refund_of_account"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="refund_by_operation",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_refund_a_number"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_of_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashierCharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("desk", models.UUIDField(verbose_name="终端")),
                ("desk_name", models.CharField(blank=True, max_length=60, verbose_name="终端名称")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("told", models.JSONField(default=dict, verbose_name="平台查询结果")),
                ("told_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                ("receipts", models.PositiveSmallIntegerField(default=0, verbose_name="打印次数")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="经办人（显示）")),
                ("number", models.CharField(max_length=32, verbose_name="收费单号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("charging", "收费中"),
                            ("charged", "已收费"),
                            ("rejected", "未收费"),
                            ("cancelling", "撤销中"),
                            ("cancelled", "已撤销"),
                        ],
                        default="charging",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "patient_type",
                    models.CharField(
                        choices=[("00", "自费患者"), ("01", "医保患者"), ("02", "保健患者")],
                        max_length=2,
                        verbose_name="患者类型",
                    ),
                ),
                (
                    "account_type",
                    models.CharField(
                        choices=[("01", "门诊"), ("02", "住院")], default="01", max_length=2, verbose_name="账户类型"
                    ),
                ),
                ("card_type", models.CharField(blank=True, max_length=2, verbose_name="卡类型")),
                ("card_masked", models.CharField(blank=True, max_length=40, verbose_name="卡号（遮盖）")),
                ("person_no", portal.vault.fields.SealedField(null=True, verbose_name="人员编号")),
                (
                    "person_no_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="person_no", verbose_name="人员编号索引"
                    ),
                ),
                ("name_masked", models.CharField(max_length=60, verbose_name="姓名（遮盖）")),
                ("document_masked", models.CharField(max_length=50, verbose_name="证件号码（遮盖）")),
                ("insurance", models.CharField(blank=True, max_length=6, verbose_name="险种类型")),
                ("insured_at", models.CharField(blank=True, max_length=6, verbose_name="参保地医保区划")),
                ("content", portal.vault.fields.SealedJson(editable=False, verbose_name="收费内容")),
                ("orders", models.JSONField(default=list, verbose_name="结算订单号")),
                ("charge_no", models.CharField(blank=True, max_length=32, verbose_name="平台充值订单号")),
                ("trace_no", models.CharField(blank=True, max_length=64, verbose_name="平台跟踪号")),
                ("callsn", models.CharField(blank=True, max_length=32, verbose_name="HIS交易订单号")),
                ("mdtrt_id", models.CharField(blank=True, max_length=30, verbose_name="就诊ID")),
                ("setl_id", models.CharField(blank=True, max_length=30, verbose_name="结算ID")),
                ("charged_at", models.DateTimeField(null=True, verbose_name="收费时间")),
                ("cancel_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销原因")),
                ("cancel_setl_id", models.CharField(blank=True, max_length=30, verbose_name="撤销结算ID")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("total", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="医疗费总额")),
                ("fund", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="基金支付总额")),
                (
                    "account",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人账户支出"),
                ),
                ("cash", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人现金支出")),
                ("reply", portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="撤销答复")),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="撤销操作",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "窗口收费",
                "verbose_name_plural": "窗口收费",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="cashier_newest"),
                    models.Index(fields=["institution", "environment", "-charged_at"], name="cashier_by_day"),
                    models.Index(fields=["institution", "person_no_index"], name="cashier_by_person"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="cashier_by_operation",
                    ),
                    models.Index(
                        condition=models.Q(("cancelled_by__isnull", False)),
                        fields=["cancelled_by"],
                        name="cashier_by_cancel",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "number"), name="one_charge_a_number")
                ],
            },
        ),
    ]
