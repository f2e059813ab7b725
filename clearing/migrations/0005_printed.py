import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("clearing", "0004_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuePapers",
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
                ("provider_code", models.CharField(max_length=30, verbose_name="医疗机构编号")),
                ("provider_name", models.CharField(max_length=200, verbose_name="医疗机构名称")),
                ("provider_type", models.CharField(max_length=20, verbose_name="机构类型")),
                ("region", models.CharField(max_length=6, verbose_name="统筹区")),
                ("is_own", models.BooleanField(default=False, verbose_name="本机构")),
                ("inpatient_chronic", models.BooleanField(default=False, verbose_name="住院/慢病")),
                ("cross_region_open", models.BooleanField(default=False, verbose_name="异地")),
                ("maternity_open", models.BooleanField(default=False, verbose_name="生育")),
                ("per_capita", models.BooleanField(default=False, verbose_name="按人头付费")),
                ("rule", models.CharField(max_length=20, verbose_name="适用规则")),
                ("why", models.CharField(max_length=300, verbose_name="依据")),
                ("is_guess", models.BooleanField(default=False, verbose_name="表中未列")),
                ("contradictions", models.JSONField(default=list, verbose_name="登记与数据不符")),
                (
                    "disbursement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无需"),
                            ("spare", "无需·有数据"),
                            ("waiting", "待打印"),
                            ("outdated", "待重打"),
                            ("printed", "已打印"),
                            ("lacking", "缺数据"),
                            ("superfluous", "多余"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="核拨表",
                    ),
                ),
                (
                    "cross_region",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无需"),
                            ("spare", "无需·有数据"),
                            ("waiting", "待打印"),
                            ("outdated", "待重打"),
                            ("printed", "已打印"),
                            ("lacking", "缺数据"),
                            ("superfluous", "多余"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="异地返还表",
                    ),
                ),
                (
                    "maternity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无需"),
                            ("spare", "无需·有数据"),
                            ("waiting", "待打印"),
                            ("outdated", "待重打"),
                            ("printed", "已打印"),
                            ("lacking", "缺数据"),
                            ("superfluous", "多余"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="生育返还表",
                    ),
                ),
                (
                    "primary",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无需"),
                            ("spare", "无需·有数据"),
                            ("waiting", "待打印"),
                            ("outdated", "待重打"),
                            ("printed", "已打印"),
                            ("lacking", "缺数据"),
                            ("superfluous", "多余"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="药店/村卫返还表",
                    ),
                ),
                ("due", models.PositiveSmallIntegerField(default=0, verbose_name="应打印")),
                ("printed", models.PositiveSmallIntegerField(default=0, verbose_name="已打印")),
                ("waiting", models.PositiveSmallIntegerField(default=0, verbose_name="待打印")),
                ("lacking", models.PositiveSmallIntegerField(default=0, verbose_name="缺数据")),
                ("superfluous", models.PositiveSmallIntegerField(default=0, verbose_name="多余")),
                ("about", models.JSONField(default=dict, verbose_name="说明")),
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
                "verbose_name": "应打印报表",
                "verbose_name_plural": "应打印报表",
                "ordering": ["region", "provider_code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "year", "insurance", "agency", "provider_code"),
                        name="one_reckoning_a_provider",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PrintedPaper",
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
                    "paper",
                    models.CharField(
                        choices=[
                            ("disbursement", "核拨表"),
                            ("cross_region", "异地保证金返还表"),
                            ("maternity", "生育保证金返还表"),
                            ("primary", "药店/村卫生室保证金返还表"),
                        ],
                        max_length=14,
                        verbose_name="报表",
                    ),
                ),
                ("provider_code", models.CharField(blank=True, max_length=30, verbose_name="医疗机构编号")),
                ("format", models.CharField(max_length=4, verbose_name="格式")),
                ("is_bound", models.BooleanField(default=False, verbose_name="合并打印")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("providers", models.PositiveIntegerField(verbose_name="机构数")),
                ("total", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="金额合计")),
                ("content_hash", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("parts", models.JSONField(default=dict, verbose_name="各机构摘要")),
                ("data_at", models.DateTimeField(null=True, verbose_name="数据时间")),
                ("made_as", models.CharField(max_length=100, verbose_name="打印人（显示）")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="打印时间"),
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
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打印人",
                    ),
                ),
            ],
            options={
                "verbose_name": "已打印报表",
                "verbose_name_plural": "已打印报表",
                "ordering": ["-made_at"],
                "indexes": [
                    models.Index(
                        fields=[
                            "institution",
                            "environment",
                            "year",
                            "insurance",
                            "paper",
                            "provider_code",
                            "-made_at",
                        ],
                        name="printed_newest",
                    ),
                    models.Index(fields=["institution", "environment", "-id"], name="printed_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reckoning",
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
                ("stamp", models.CharField(blank=True, max_length=64, verbose_name="数据版本")),
                ("reckoned_at", models.DateTimeField(null=True, verbose_name="核算时间")),
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
                "verbose_name": "报表核算",
                "verbose_name_plural": "报表核算",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "year", "insurance", "agency"),
                        name="one_reckoning_a_scope",
                    )
                ],
            },
        ),
    ]
