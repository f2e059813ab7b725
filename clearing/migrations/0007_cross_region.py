import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("clearing", "0006_history"),
        ("gateway", "0001_journal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CrossRegionMonth",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="结算年度")),
                ("month", models.PositiveSmallIntegerField(verbose_name="结算月份")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("medical_fee", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="总费用")),
                (
                    "agency_paid",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="经办机构支付总额"),
                ),
                ("fetched_at", models.DateTimeField(null=True, verbose_name="获取时间")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
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
                    "rollback",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="整月回退操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "异地清分月份",
                "verbose_name_plural": "异地清分月份",
                "ordering": ["-year", "-month"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "year", "month"), name="one_cross_region_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__range", (1, 12))), name="cross_region_month_of_a_year"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossRegionBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="批号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("confirming", "确认中"),
                            ("confirmed", "已确认"),
                            ("refused", "未确认"),
                            ("rolling_back", "回退中"),
                            ("rolled_back", "已回退"),
                        ],
                        default="confirming",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("message_id", models.CharField(blank=True, max_length=60, verbose_name="确认报文编号")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("yes_count", models.PositiveIntegerField(verbose_name="确认条数")),
                ("no_count", models.PositiveIntegerField(verbose_name="不确认条数")),
                (
                    "medical_fee",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="确认总费用"),
                ),
                (
                    "agency_paid",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="确认支付总额"),
                ),
                ("submitted_as", models.CharField(blank=True, max_length=100, verbose_name="提交人（显示）")),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="提交时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("rolled_back_at", models.DateTimeField(null=True, verbose_name="回退时间")),
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
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="确认操作",
                    ),
                ),
                (
                    "rollback",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="回退操作",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clearing.crossregionmonth",
                        verbose_name="结算月份",
                    ),
                ),
            ],
            options={
                "verbose_name": "异地清分批次",
                "verbose_name_plural": "异地清分批次",
                "ordering": ["-submitted_at", "-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["institution", "operation"],
                        name="cross_batch_by_operation",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "month", "number"), name="one_cross_region_batch_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "count",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("yes_count"), "+", models.F("no_count")
                                ),
                            ),
                            ("count__range", (1, 100)),
                        ),
                        name="cross_region_batch_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossRegionRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="顺序号")),
                ("region", models.CharField(max_length=12, verbose_name="就医地区划")),
                ("provider_code", models.CharField(max_length=40, verbose_name="医疗机构编号")),
                ("certificate", portal.vault.fields.SealedField(verbose_name="证件号码")),
                ("certificate_index", portal.vault.fields.BlindIndex(max_length=34, null=True, source="certificate")),
                ("visit_no", models.CharField(max_length=40, verbose_name="就诊登记号")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="就诊结算时间")),
                ("settlement_no", models.CharField(max_length=60, verbose_name="结算流水号")),
                ("advance_flag", models.CharField(max_length=20, verbose_name="全额垫付标志")),
                ("medical_fee", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="总费用")),
                ("agency_paid", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="经办机构支付总额")),
                (
                    "decision",
                    models.CharField(
                        choices=[("undecided", "未决定"), ("confirm", "确认"), ("decline", "不确认")],
                        default="undecided",
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("decided_as", models.CharField(blank=True, max_length=100, verbose_name="决定人（显示）")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("open", "未提交"),
                            ("moving", "办理中"),
                            ("confirmed", "已确认"),
                            ("declined", "已报不确认"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="清分状态",
                    ),
                ),
                (
                    "compared",
                    models.CharField(
                        choices=[
                            ("not", "未比对"),
                            ("same", "一致"),
                            ("only_there", "本机构没有"),
                            ("differs", "金额不一致"),
                            ("twice", "中心重复列出"),
                        ],
                        default="not",
                        max_length=10,
                        verbose_name="比对",
                    ),
                ),
                ("findings", models.JSONField(default=list, verbose_name="差异")),
                ("changed_at", models.DateTimeField(null=True, verbose_name="中心改动时间")),
                ("flaw", models.CharField(blank=True, max_length=200, verbose_name="缺陷")),
                ("fetched_at", models.DateTimeField(verbose_name="获取时间")),
                ("gone_at", models.DateTimeField(null=True, verbose_name="消失时间")),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="clearing.crossregionbatch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
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
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clearing.crossregionmonth",
                        verbose_name="结算月份",
                    ),
                ),
            ],
            options={
                "verbose_name": "异地清分明细",
                "verbose_name_plural": "异地清分明细",
                "ordering": ["sequence", "id"],
                "indexes": [
                    models.Index(fields=["institution", "month", "standing", "decision"], name="cross_row_by_state"),
                    models.Index(fields=["institution", "month", "sequence", "id"], name="cross_row_in_order"),
                    models.Index(
                        condition=models.Q(("batch__isnull", False)),
                        fields=["institution", "batch"],
                        name="cross_row_in_batch",
                    ),
                    models.Index(fields=["institution", "certificate_index"], name="cross_row_of_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "month", "settlement_no", "visit_no"), name="one_cross_region_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("standing", "open"), ("batch__isnull", False), _connector="OR"),
                        name="cross_region_row_in_a_batch",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "decline"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="cross_region_decline_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossRegionUpload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                (
                    "state",
                    models.CharField(
                        choices=[("preview", "预览"), ("used", "用于比对"), ("replaced", "已被替换")],
                        default="preview",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("medical_fee", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="总费用")),
                (
                    "agency_paid",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="经办机构支付总额"),
                ),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="导入时间")),
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
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clearing.crossregionmonth",
                        verbose_name="结算月份",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "本机构结算文件",
                "verbose_name_plural": "本机构结算文件",
                "ordering": ["-uploaded_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "used")),
                        fields=("institution", "month"),
                        name="one_upload_in_use_a_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadedSettlement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("settlement_no", models.CharField(max_length=60, verbose_name="结算流水号")),
                ("medical_fee", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="总费用")),
                ("agency_paid", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="经办机构支付总额")),
                ("is_listed", models.BooleanField(default=False, verbose_name="中心已列出")),
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
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="clearing.crossregionupload",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "本机构结算",
                "verbose_name_plural": "本机构结算",
                "ordering": ["settlement_no"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "upload", "settlement_no"), name="one_uploaded_settlement"
                    )
                ],
            },
        ),
    ]
