import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("clearing", "0003_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundFetch",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="清算年份")),
                ("insurance", models.CharField(max_length=3, verbose_name="险种")),
                ("agency", models.CharField(blank=True, max_length=3, verbose_name="清算机构")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cross_region", "异地"), ("maternity", "生育"), ("primary", "药店/村卫")],
                        max_length=12,
                        verbose_name="返还类别",
                    ),
                ),
                ("fetched_at", models.DateTimeField(verbose_name="获取时间")),
                ("fetched_by", models.CharField(blank=True, max_length=100, verbose_name="获取人")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("deposit", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="保证金合计")),
                (
                    "refund",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="返还金额合计"),
                ),
                ("finding_count", models.PositiveIntegerField(default=0, verbose_name="有差异的条数")),
                ("compared_at", models.DateTimeField(null=True, verbose_name="所比对清算数据的获取时间")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
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
                "verbose_name": "保证金返还数据获取",
                "verbose_name_plural": "保证金返还数据获取",
                "ordering": ["-fetched_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "year", "insurance", "kind"),
                        name="one_refund_fetch_a_table",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositRefund",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="清算年份")),
                ("insurance", models.CharField(max_length=3, verbose_name="险种")),
                ("agency", models.CharField(blank=True, max_length=3, verbose_name="清算机构")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cross_region", "异地"), ("maternity", "生育"), ("primary", "药店/村卫")],
                        max_length=12,
                        verbose_name="返还类别",
                    ),
                ),
                ("provider_code", models.CharField(max_length=30, verbose_name="医疗机构编号")),
                ("provider_name", models.CharField(max_length=200, verbose_name="医疗机构名称")),
                ("provider_type", models.CharField(max_length=20, verbose_name="机构类型")),
                ("region", models.CharField(max_length=6, verbose_name="统筹区")),
                ("deposit", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="保证金")),
                ("score", models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="考核得分")),
                ("refund", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="返还金额")),
                ("fetched_at", models.DateTimeField(verbose_name="获取时间")),
                ("findings", models.JSONField(default=list, verbose_name="差异")),
                ("finding_count", models.PositiveSmallIntegerField(default=0, verbose_name="差异数")),
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
                    "fetch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="clearing.refundfetch",
                        verbose_name="获取",
                    ),
                ),
            ],
            options={
                "verbose_name": "保证金返还数据",
                "verbose_name_plural": "保证金返还数据",
                "ordering": ["region", "provider_code", "agency", "id"],
                "indexes": [
                    models.Index(
                        fields=["institution", "environment", "year", "insurance", "kind", "agency"],
                        name="refund_by_scope",
                    ),
                    models.Index(
                        fields=["institution", "environment", "provider_code", "id"], name="refund_by_provider"
                    ),
                    models.Index(fields=["institution", "fetch"], name="refund_by_fetch"),
                ],
            },
        ),
    ]
