import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("settlement", "0001_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Identification",
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
                ("way", models.CharField(max_length=12, verbose_name="识别方式")),
                ("certificate", portal.vault.fields.SealedJson(verbose_name="就诊凭证")),
                ("certificate_type", models.CharField(max_length=3, verbose_name="就诊凭证类型")),
                ("med_type", models.CharField(blank=True, max_length=6, verbose_name="医疗类别")),
                ("about", models.CharField(blank=True, max_length=30, verbose_name="就诊号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "查询中"),
                            ("known", "已识别"),
                            ("refused", "被拒绝"),
                            ("doubtful", "没有得到答复"),
                        ],
                        default="asking",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
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
                ("answer", portal.vault.fields.SealedJson(null=True, verbose_name="人员信息")),
                ("entitlements", portal.vault.fields.SealedJson(null=True, verbose_name="待遇检查")),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="查询人（显示）")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="查询时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查询人",
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
                "verbose_name": "身份识别",
                "verbose_name_plural": "身份识别",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-asked_at"], name="identification_newest"),
                    models.Index(fields=["institution", "person_no_index"], name="identification_by_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsedVoucher",
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
                ("mark", models.BinaryField(max_length=40, verbose_name="摘要")),
                ("spent_on", models.CharField(blank=True, max_length=12, verbose_name="用于")),
                ("spent_for", models.CharField(blank=True, max_length=60, verbose_name="业务编号")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="读取时间")),
                ("spent_at", models.DateTimeField(null=True, verbose_name="使用时间")),
                (
                    "identification",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="vouchers",
                        to="settlement.identification",
                        verbose_name="身份识别",
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
                "verbose_name": "已用电子凭证",
                "verbose_name_plural": "已用电子凭证",
                "ordering": ["-read_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "mark"), name="one_use_of_a_voucher")
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckMedium",
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
                ("obtained_for", models.CharField(max_length=10, verbose_name="取得时的交易")),
                ("kind", models.CharField(max_length=10, verbose_name="就诊类型")),
                ("medium", portal.vault.fields.SealedField(verbose_name="校验介质")),
                ("about", models.CharField(blank=True, max_length=40, verbose_name="就诊号")),
                ("used", models.JSONField(default=list, verbose_name="已用于")),
                ("obtained_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="取得时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("obtained_as", models.CharField(blank=True, max_length=100, verbose_name="取得人")),
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
                "verbose_name": "校验介质",
                "verbose_name_plural": "校验介质",
                "ordering": ["-obtained_at"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "about", "-obtained_at"], name="medium_of_visit")
                ],
            },
        ),
    ]
