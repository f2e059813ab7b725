from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryArrival",
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
                    "way",
                    models.CharField(
                        choices=[("api", "接口"), ("excel", "Excel"), ("txt", "文本文件")],
                        max_length=5,
                        verbose_name="方式",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "读取中"),
                            ("preview", "待确认"),
                            ("taking", "入账中"),
                            ("taken", "已入账"),
                            ("failed", "未能读取"),
                            ("dropped", "已放弃"),
                        ],
                        default="reading",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="字节")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="文件摘要")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("fresh", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="变更")),
                ("same", models.PositiveIntegerField(default=0, verbose_name="已有")),
                ("wrong", models.PositiveIntegerField(default=0, verbose_name="有问题")),
                ("total", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="医疗费总额")),
                ("fund", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="基金支付")),
                ("faults", portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="问题")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("brought_as", models.CharField(blank=True, max_length=100, verbose_name="导入人（显示）")),
                ("brought_at", models.DateTimeField(auto_now_add=True, verbose_name="导入时间")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="入账时间")),
                (
                    "brought_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
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
                "verbose_name": "结算账导入",
                "verbose_name_plural": "结算账导入",
                "ordering": ["-brought_at"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-brought_at"], name="entry_arrival_newest")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArrivingEntry",
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
                ("place", models.PositiveIntegerField(verbose_name="行号")),
                ("family", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=60)),
                ("is_refund", models.BooleanField()),
                ("standing", models.CharField(max_length=8)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("setl_id", models.CharField(max_length=40)),
                ("mdtrt_id", models.CharField(max_length=40)),
                ("msgid", models.CharField(max_length=64)),
                ("person_no", models.BinaryField(null=True)),
                ("person_no_index", models.BinaryField(null=True)),
                ("person_no_masked", models.CharField(max_length=40)),
                ("person", models.CharField(max_length=60)),
                ("insutype", models.CharField(max_length=6)),
                ("clr_type", models.CharField(max_length=6)),
                ("clr_optins", models.CharField(max_length=20)),
                ("settled_at", models.DateTimeField()),
                ("day", models.DateField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=16)),
                ("fund", models.DecimalField(decimal_places=2, max_digits=16)),
                ("account", models.DecimalField(decimal_places=2, max_digits=16)),
                ("cash", models.DecimalField(decimal_places=2, max_digits=16)),
                ("about", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "arrival",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ledger.entryarrival",
                        verbose_name="导入",
                    ),
                ),
            ],
            options={
                "verbose_name": "待入账的结算",
                "verbose_name_plural": "待入账的结算",
                "indexes": [
                    models.Index(fields=["institution", "arrival", "family", "number"], name="arriving_by_number")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "arrival", "place"), name="one_arriving_a_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
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
                    "source",
                    models.CharField(
                        choices=[
                            ("settlement", "结算"),
                            ("injury", "工伤"),
                            ("clearing", "清算"),
                            ("onetrans", "收费台"),
                            ("brought", "医院系统"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("family", models.CharField(max_length=20, verbose_name="接口")),
                ("number", models.CharField(max_length=60, verbose_name="结算单号")),
                ("is_refund", models.BooleanField(default=False, verbose_name="退费")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("is_latest", models.BooleanField(default=True, verbose_name="现行")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("settled", "已结算"),
                            ("pending", "办理中"),
                            ("doubtful", "结果待确认"),
                            ("void", "已作废"),
                        ],
                        default="settled",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("setl_id", models.CharField(blank=True, max_length=40, verbose_name="结算ID")),
                ("mdtrt_id", models.CharField(blank=True, max_length=40, verbose_name="就诊ID")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("person_no", portal.vault.fields.SealedField(null=True, verbose_name="人员编号")),
                (
                    "person_no_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="person_no", verbose_name="人员编号索引"
                    ),
                ),
                ("person_no_masked", models.CharField(blank=True, max_length=40, verbose_name="人员编号（遮盖）")),
                ("person", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("insutype", models.CharField(blank=True, max_length=6, verbose_name="险种")),
                ("clr_type", models.CharField(blank=True, max_length=6, verbose_name="清算类别")),
                ("clr_optins", models.CharField(blank=True, max_length=20, verbose_name="清算经办机构")),
                ("settled_at", models.DateTimeField(verbose_name="结算时间")),
                ("day", models.DateField(verbose_name="结算日期")),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="医疗费总额"
                    ),
                ),
                (
                    "fund",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="基金支付"
                    ),
                ),
                (
                    "account",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="个人账户"
                    ),
                ),
                (
                    "cash",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="现金支付"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=60, verbose_name="就诊号")),
                ("page", models.CharField(blank=True, editable=False, max_length=60, verbose_name="页面")),
                ("page_key", models.CharField(blank=True, editable=False, max_length=64, verbose_name="页面参数")),
                ("operation", models.UUIDField(editable=False, null=True, verbose_name="接口业务")),
                ("digest", models.CharField(editable=False, max_length=64, verbose_name="摘要")),
                ("arrival", models.UUIDField(editable=False, null=True, verbose_name="导入批次")),
                (
                    "written_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="入账时间"),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                "verbose_name": "结算账",
                "verbose_name_plural": "结算账",
                "ordering": ["-settled_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_latest", True)),
                        fields=["institution", "environment", "-settled_at", "-id"],
                        name="entry_newest",
                    ),
                    models.Index(
                        condition=models.Q(("is_latest", True)),
                        fields=["institution", "environment", "family", "day"],
                        name="entry_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("is_latest", True), models.Q(("setl_id", ""), _negated=True)),
                        fields=["institution", "setl_id"],
                        name="entry_by_setl_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_latest", True)),
                        fields=("institution", "environment", "source", "family", "number", "is_refund"),
                        name="one_latest_entry_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_refund", True), ("total__lte", 0)),
                            models.Q(("is_refund", False), ("total__gte", 0)),
                            _connector="OR",
                        ),
                        name="entry_has_its_sign",
                    ),
                    models.CheckConstraint(condition=models.Q(("revision__gte", 1)), name="entry_counts_revisions"),
                ],
            },
        ),
    ]
