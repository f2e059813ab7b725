import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("access", "0002_accounts"),
        ("clearing", "0002_open_findings"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthRead",
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
                ("visit_type", models.CharField(max_length=3, verbose_name="就诊类型")),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="月份",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("summary", "月结汇总"), ("detail", "月结明细")], max_length=7, verbose_name="种类"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("reading", "获取中"), ("current", "现用"), ("over", "已替换")],
                        default="reading",
                        max_length=7,
                        verbose_name="状态",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("job", models.UUIDField(null=True, verbose_name="后台任务")),
                ("fetched_at", models.DateTimeField(verbose_name="获取时间")),
                ("fetched_label", models.CharField(blank=True, max_length=100, verbose_name="获取人（显示）")),
                (
                    "fetched_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="获取人",
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
                "verbose_name": "月结获取记录",
                "verbose_name_plural": "月结获取记录",
                "ordering": ["-fetched_at"],
                "indexes": [
                    models.Index(
                        fields=[
                            "institution",
                            "environment",
                            "kind",
                            "year",
                            "insurance",
                            "agency",
                            "visit_type",
                            "month",
                        ],
                        name="month_read_by_cell",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "current")),
                        fields=(
                            "institution",
                            "environment",
                            "kind",
                            "year",
                            "insurance",
                            "agency",
                            "visit_type",
                            "month",
                        ),
                        name="one_current_month_read",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyDetail",
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
                ("visit_type", models.CharField(max_length=3, verbose_name="就诊类型")),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="月份",
                    ),
                ),
                ("provider_code", models.CharField(max_length=30, verbose_name="医疗机构编号")),
                ("provider_name", models.CharField(max_length=200, verbose_name="医疗机构名称")),
                ("region", models.CharField(max_length=6, verbose_name="统筹区")),
                ("clearing_type", models.CharField(max_length=6, verbose_name="清算类别")),
                ("medical_fee", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="医疗费总额")),
                ("fund_due", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="基金应付金额")),
                ("monthly_paid", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="月结已付金额")),
                ("detail_id", models.CharField(max_length=40, verbose_name="月结明细编号")),
                ("settlement_no", models.CharField(max_length=40, verbose_name="结算编号")),
                ("settled_on", models.DateField(null=True, verbose_name="结算日期")),
                ("person_name", portal.vault.fields.SealedField(null=True, verbose_name="人员姓名")),
                ("person_name_masked", models.CharField(blank=True, max_length=50, verbose_name="人员姓名")),
                ("certno", portal.vault.fields.SealedField(null=True, verbose_name="证件号码")),
                (
                    "certno_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="certno", verbose_name="证件号码索引"
                    ),
                ),
                ("certno_masked", models.CharField(blank=True, max_length=50, verbose_name="证件号码")),
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
                    "read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clearing.monthread",
                        verbose_name="获取记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "月结明细",
                "verbose_name_plural": "月结明细",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "id"], name="detail_newest"),
                    models.Index(
                        fields=[
                            "institution",
                            "environment",
                            "year",
                            "insurance",
                            "agency",
                            "month",
                            "visit_type",
                            "id",
                        ],
                        name="detail_by_scope",
                    ),
                    models.Index(
                        fields=["institution", "environment", "provider_code", "id"], name="detail_by_provider"
                    ),
                    models.Index(
                        condition=models.Q(("certno_index__isnull", False)),
                        fields=["institution", "environment", "certno_index"],
                        name="detail_by_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "read", "detail_id"), name="one_detail_a_read")
                ],
            },
        ),
        migrations.CreateModel(
            name="Month",
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
                ("visit_type", models.CharField(max_length=3, verbose_name="就诊类型")),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="月份",
                    ),
                ),
                ("provider_code", models.CharField(max_length=30, verbose_name="医疗机构编号")),
                ("provider_name", models.CharField(max_length=200, verbose_name="医疗机构名称")),
                ("region", models.CharField(max_length=6, verbose_name="统筹区")),
                ("clearing_type", models.CharField(max_length=6, verbose_name="清算类别")),
                ("medical_fee", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="医疗费总额")),
                ("fund_due", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="基金应付金额")),
                ("monthly_paid", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="月结已付金额")),
                ("visit_count", models.IntegerField(verbose_name="人次")),
                ("fetched_at", models.DateTimeField(verbose_name="获取时间")),
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
                    "read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clearing.monthread",
                        verbose_name="获取记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "月结汇总",
                "verbose_name_plural": "月结汇总",
                "ordering": ["provider_code", "month"],
                "indexes": [
                    models.Index(
                        fields=[
                            "institution",
                            "environment",
                            "year",
                            "insurance",
                            "agency",
                            "provider_code",
                            "visit_type",
                        ],
                        name="month_by_row",
                    ),
                    models.Index(
                        fields=["institution", "environment", "provider_code", "id"], name="month_by_provider"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthTotal",
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
                ("visit_type", models.CharField(max_length=3, verbose_name="就诊类型")),
                ("provider_code", models.CharField(max_length=30, verbose_name="医疗机构编号")),
                ("provider_name", models.CharField(max_length=200, verbose_name="医疗机构名称")),
                ("region", models.CharField(max_length=6, verbose_name="统筹区")),
                ("clearing_type", models.CharField(max_length=6, verbose_name="清算类别")),
                ("visit_count", models.IntegerField(verbose_name="各月人次")),
                ("medical_fee", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="各月医疗费")),
                ("fund_due", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="各月应付")),
                ("monthly_paid", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="各月已付")),
                ("months", models.PositiveSmallIntegerField(verbose_name="有月结的月份")),
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
                "verbose_name": "各月合计",
                "verbose_name_plural": "各月合计",
                "ordering": ["provider_code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "institution",
                            "environment",
                            "year",
                            "insurance",
                            "agency",
                            "provider_code",
                            "visit_type",
                            "region",
                            "clearing_type",
                        ),
                        name="one_month_total_a_row",
                    )
                ],
            },
        ),
    ]
