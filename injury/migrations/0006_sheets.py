from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("injury", "0005_discharge"),
    ]

    operations = [
        migrations.CreateModel(
            name="SettlementSheet",
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
                ("is_current", models.BooleanField(default=True, verbose_name="现行")),
                ("total", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="医疗费发生金额")),
                ("self_paid", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="自付金额")),
                ("fund_paid", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="工伤基金支付金额")),
                ("settled", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="结算金额")),
                ("meal_subsidy", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="伙食补贴")),
                ("self_pay_by", models.CharField(blank=True, max_length=3, verbose_name="自付部分支付方式")),
                ("audit_state", models.CharField(blank=True, max_length=10, verbose_name="审核状态")),
                ("settled_at", models.CharField(blank=True, max_length=19, verbose_name="结算时间")),
                ("content", portal.vault.fields.SealedJson(verbose_name="结算单内容")),
                ("line_count", models.PositiveIntegerField(default=0, verbose_name="自付项目数")),
                ("unmatched", models.PositiveIntegerField(default=0, verbose_name="没有对应明细的项目数")),
                ("findings", models.JSONField(default=list, verbose_name="差异")),
                ("read_at", models.DateTimeField(verbose_name="获取时间")),
                ("read_as", models.CharField(blank=True, max_length=100, verbose_name="获取人")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="injury.admission",
                        verbose_name="就诊",
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
            ],
            options={
                "verbose_name": "结算单",
                "verbose_name_plural": "结算单",
                "ordering": ["-read_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "admission", "-read_at"], name="sheet_by_admission"),
                    models.Index(fields=["institution", "environment", "-read_at", "-id"], name="sheet_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("institution", "admission"),
                        name="one_current_sheet",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetLine",
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
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=100, verbose_name="项目名称")),
                ("price", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="单价")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="数量")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="金额")),
                ("rejected", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="剔除金额")),
                ("reason", models.CharField(blank=True, max_length=10, verbose_name="剔除原因")),
                (
                    "match",
                    models.CharField(
                        choices=[("one", "对应本院明细"), ("none", "本院没有这条明细"), ("centre", "中心扣除项")],
                        max_length=6,
                        verbose_name="对应",
                    ),
                ),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="injury.admission",
                        verbose_name="就诊",
                    ),
                ),
                (
                    "fee_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet_lines",
                        to="injury.feeitem",
                        verbose_name="费用明细",
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
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="injury.settlementsheet",
                        verbose_name="结算单",
                    ),
                ),
            ],
            options={
                "verbose_name": "剔除项目",
                "verbose_name_plural": "剔除项目",
                "ordering": ["sheet", "position"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "reason", "id"], name="sheet_line_by_reason"),
                    models.Index(fields=["institution", "environment", "-rejected", "id"], name="sheet_line_by_cost"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "sheet", "position"), name="one_sheet_line_a_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="DrugLimit",
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
                    "limit",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="药占比上限（%）",
                    ),
                ),
                (
                    "warn_at",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="提醒线（%）",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="设置时间")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="设置人")),
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
                "verbose_name": "药占比上限",
                "verbose_name_plural": "药占比上限",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_drug_limit"),
                    models.CheckConstraint(
                        condition=models.Q(("warn_at__lte", models.F("limit"))), name="drug_warning_below_limit"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DrugReading",
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
                ("total", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="总费用")),
                ("drugs", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="药品费用")),
                ("share", models.DecimalField(decimal_places=4, max_digits=7, null=True, verbose_name="药占比")),
                ("read_at", models.DateTimeField(verbose_name="查询时间")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="injury.admission",
                        verbose_name="就诊",
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
            ],
            options={
                "verbose_name": "药占比",
                "verbose_name_plural": "药占比",
                "constraints": [models.UniqueConstraint(fields=("institution", "admission"), name="one_drug_reading")],
            },
        ),
    ]
