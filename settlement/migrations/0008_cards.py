import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0007_cashier"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardReading",
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
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("choose", "由读卡窗口选择"),
                            ("card", "社会保障卡"),
                            ("identity", "身份证"),
                            ("code", "医保电子凭证或电子健康卡"),
                            ("unified", "统一解码（电子健康卡平台）"),
                            ("reader", "读卡器：社会保障卡"),
                            ("reader-id", "读卡器：身份证"),
                            ("reader-qr", "读卡器：医保电子凭证"),
                        ],
                        max_length=10,
                        verbose_name="读取方式",
                    ),
                ),
                ("business_type", models.CharField(blank=True, max_length=5, verbose_name="用码业务类型")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "读卡中"),
                            ("known", "已读取"),
                            ("refused", "没有读出"),
                            ("doubtful", "没有得到答复"),
                        ],
                        default="asking",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("certificate_type", models.CharField(blank=True, max_length=3, verbose_name="就诊凭证类型")),
                ("card_type", models.CharField(blank=True, max_length=6, verbose_name="卡类型")),
                ("card_no", portal.vault.fields.SealedField(null=True, verbose_name="卡号")),
                ("card_masked", models.CharField(blank=True, max_length=40, verbose_name="卡号（遮盖）")),
                ("person_no", portal.vault.fields.SealedField(null=True, verbose_name="人员编号")),
                (
                    "person_no_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="person_no", verbose_name="人员编号索引"
                    ),
                ),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("document_masked", models.CharField(blank=True, max_length=50, verbose_name="证件号码（遮盖）")),
                ("insurance", models.CharField(blank=True, max_length=6, verbose_name="险种类型")),
                ("insured_at", models.CharField(blank=True, max_length=6, verbose_name="参保地医保区划")),
                ("answer", portal.vault.fields.SealedJson(null=True, verbose_name="读取内容")),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("identification", models.UUIDField(editable=False, null=True, verbose_name="身份识别")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="读卡人（显示）")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="读卡时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="读卡人",
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
                "verbose_name": "读卡记录",
                "verbose_name_plural": "读卡记录",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-asked_at", "-id"], name="cardreading_newest"),
                    models.Index(fields=["institution", "person_no_index"], name="cardreading_by_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asking")),
                        fields=("institution", "environment", "desk"),
                        name="one_reading_at_a_desk",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthCardAuth",
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
                ("number", models.CharField(max_length=32, verbose_name="授权流水号")),
                ("treatment_code", models.CharField(max_length=32, verbose_name="诊疗环节编码")),
                ("office_code", models.CharField(blank=True, max_length=10, verbose_name="科室代码")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "生成中"),
                            ("waiting", "等待病人扫码"),
                            ("granted", "已授权"),
                            ("failed", "授权失败"),
                            ("cancelled", "病人取消"),
                            ("expired", "已过期"),
                            ("refused", "没有生成"),
                        ],
                        default="asking",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("address", portal.vault.fields.SealedField(null=True, verbose_name="授权码值")),
                ("answer", portal.vault.fields.SealedJson(null=True, verbose_name="授权内容")),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("document_masked", models.CharField(blank=True, max_length=50, verbose_name="证件号码（遮盖）")),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("looks", models.PositiveSmallIntegerField(default=0, verbose_name="查询次数")),
                ("looked_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="申请人（显示）")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="申请时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
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
                "verbose_name": "电子健康卡授权",
                "verbose_name_plural": "电子健康卡授权",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-asked_at", "-id"], name="cardauth_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "number"), name="one_grant_a_number")
                ],
            },
        ),
    ]
