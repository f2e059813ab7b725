import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0002_identity"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChargeSchedule",
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
                ("is_on", models.BooleanField(default=False, verbose_name="每天自动上传")),
                ("at", models.TimeField(verbose_name="上传时刻")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次上传")),
                ("last_at", models.DateTimeField(null=True, verbose_name="上次上传")),
                ("last_count", models.PositiveIntegerField(default=0, verbose_name="上次上传的就诊数")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="设置人")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="设置时间")),
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
                "verbose_name": "住院费用自动上传",
                "verbose_name_plural": "住院费用自动上传",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_charge_schedule")
                ],
            },
        ),
        migrations.CreateModel(
            name="Filing",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("transfer", "转院备案"),
                            ("chronic", "慢特病备案"),
                            ("designated", "定点备案"),
                            ("two", "城乡两病备案"),
                        ],
                        max_length=10,
                        verbose_name="备案类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sending", "申报中"),
                            ("refused", "未受理"),
                            ("submitted", "已申报"),
                            ("confirmed", "中心已确认"),
                            ("withdrawing", "撤销中"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="sending",
                        max_length=11,
                        verbose_name="状态",
                    ),
                ),
                ("transaction", models.CharField(max_length=6, verbose_name="交易编号")),
                ("number", models.CharField(blank=True, max_length=30, verbose_name="待遇申报明细流水号")),
                ("identification", models.UUIDField(editable=False, null=True, verbose_name="身份识别")),
                ("person_no", portal.vault.fields.SealedField(verbose_name="人员编号")),
                (
                    "person_no_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="person_no", verbose_name="人员编号索引"
                    ),
                ),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("document_masked", models.CharField(blank=True, max_length=50, verbose_name="证件号码（遮盖）")),
                ("insured_at", models.CharField(max_length=6, verbose_name="参保地医保区划")),
                ("content", portal.vault.fields.SealedJson(editable=False, verbose_name="备案内容")),
                ("code", models.CharField(blank=True, max_length=50, verbose_name="病种或机构编码")),
                ("name", models.CharField(blank=True, max_length=300, verbose_name="病种或机构")),
                ("begins", models.DateField(null=True, verbose_name="开始日期")),
                ("ends", models.DateField(null=True, verbose_name="结束日期")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("filed_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="申报时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="申报人（显示）")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申报人",
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
                        verbose_name="进行中的操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "备案",
                "verbose_name_plural": "备案",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="filing_newest"),
                    models.Index(
                        fields=["institution", "environment", "kind", "state", "-created_at"], name="filing_by_state"
                    ),
                    models.Index(fields=["institution", "person_no_index"], name="filing_by_person"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)), fields=["operation"], name="filing_moving"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["sending", "withdrawing"])),
                        fields=("institution", "environment", "kind", "person_no_index", "code"),
                        name="one_filing_moves",
                    )
                ],
            },
        ),
    ]
