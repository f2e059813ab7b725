from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0006_signing"),
        ("ledger", "0001_entries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
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
                ("family", models.CharField(max_length=20, verbose_name="接口")),
                (
                    "kind",
                    models.CharField(
                        choices=[("day", "日对账"), ("range", "时间段对账"), ("month", "整月对账")],
                        max_length=5,
                        verbose_name="类型",
                    ),
                ),
                ("begin", models.DateField(verbose_name="开始日期")),
                ("end", models.DateField(verbose_name="结束日期（不含）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "对账中"),
                            ("waiting", "等待申请结果"),
                            ("balanced", "平"),
                            ("different", "不平"),
                            ("failed", "未完成"),
                        ],
                        default="running",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="次数")),
                ("rounds", models.JSONField(default=list, verbose_name="历次对账")),
                ("ours_count", models.PositiveIntegerField(default=0, verbose_name="本机构笔数")),
                ("ours_refunds", models.PositiveIntegerField(default=0, verbose_name="其中退费")),
                (
                    "ours_total",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="医疗费总额"
                    ),
                ),
                (
                    "ours_fund",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="基金支付总额"
                    ),
                ),
                (
                    "ours_account",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="个人账户支付"
                    ),
                ),
                (
                    "ours_cash",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="现金支付"
                    ),
                ),
                ("pending", models.PositiveIntegerField(default=0, verbose_name="结果待确认的结算")),
                ("theirs_count", models.PositiveIntegerField(null=True, verbose_name="中心明细笔数")),
                (
                    "theirs_total",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="中心医疗费总额"),
                ),
                (
                    "theirs_fund",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="中心基金支付总额"),
                ),
                ("differences", models.PositiveIntegerField(default=0, verbose_name="差异")),
                ("open_differences", models.PositiveIntegerField(default=0, verbose_name="未处理差异")),
                (
                    "difference_amount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="差异金额"
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="各类差异")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("is_scheduled", models.BooleanField(default=False, verbose_name="自动发起")),
                ("started_as", models.CharField(blank=True, max_length=100, verbose_name="发起人（显示）")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="发起时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成时间")),
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
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账",
                "verbose_name_plural": "对账",
                "ordering": ["-begin", "-id"],
                "indexes": [models.Index(fields=["institution", "environment", "-begin", "-id"], name="run_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "family", "begin", "end"), name="one_run_a_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("begin"))), name="run_ends_after_it_begins"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RawFile",
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
                ("round", models.PositiveSmallIntegerField(verbose_name="次数")),
                ("begin", models.DateField(verbose_name="开始日期")),
                ("end", models.DateField(verbose_name="结束日期（不含）")),
                ("clr_type", models.CharField(max_length=6, verbose_name="清算类别")),
                ("clr_optins", models.CharField(max_length=20, verbose_name="结算经办机构")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("details", "上传的明细"), ("result", "对账结果")], max_length=8, verbose_name="用途"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("query_no", models.CharField(blank=True, max_length=60, verbose_name="文件查询号")),
                ("content", portal.vault.fields.SealedField(verbose_name="文件内容")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="大小（字节）")),
                ("digest", models.CharField(max_length=64, verbose_name="SM3")),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="记录数")),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="问题")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="reconciliation.run",
                        verbose_name="对账",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账文件",
                "verbose_name_plural": "对账文件",
                "ordering": ["run", "-round", "id"],
                "indexes": [models.Index(fields=["institution", "run", "-round"], name="rawfile_of_run")],
            },
        ),
        migrations.CreateModel(
            name="RunSchedule",
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
                ("is_on", models.BooleanField(default=True, verbose_name="每天自动对账")),
                ("at", models.TimeField(verbose_name="时间")),
                ("scopes", models.JSONField(default=list, verbose_name="固定对账范围")),
                ("through", models.DateField(null=True, verbose_name="已发起至")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="修改人")),
                ("changed_at", models.DateTimeField(null=True, verbose_name="修改时间")),
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
                "verbose_name": "自动对账",
                "verbose_name_plural": "自动对账",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_run_schedule")
                ],
            },
        ),
        migrations.CreateModel(
            name="Total",
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
                ("round", models.PositiveSmallIntegerField(verbose_name="次数")),
                ("step", models.PositiveSmallIntegerField(default=1, verbose_name="步骤")),
                ("begin", models.DateField(verbose_name="开始日期")),
                ("end", models.DateField(verbose_name="结束日期（不含）")),
                ("insutype", models.CharField(blank=True, max_length=6, verbose_name="险种")),
                ("clr_type", models.CharField(blank=True, max_length=6, verbose_name="清算类别")),
                ("clr_optins", models.CharField(blank=True, max_length=20, verbose_name="结算经办机构")),
                ("is_application", models.BooleanField(default=False, verbose_name="视同清算申请")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="笔数")),
                ("refunds", models.PositiveIntegerField(default=0, verbose_name="其中退费")),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="医疗费总额"
                    ),
                ),
                (
                    "fund",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="基金支付总额"
                    ),
                ),
                (
                    "account",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="个人账户支付"
                    ),
                ),
                (
                    "cash",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="现金支付"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "对账中"),
                            ("balanced", "平"),
                            ("different", "不平"),
                            ("doubtful", "结果待确认"),
                            ("refused", "中心拒绝"),
                            ("unanswered", "没有答复"),
                            ("unaskable", "清算信息不全"),
                        ],
                        default="asking",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=20, verbose_name="对账结果代码")),
                ("said", models.CharField(blank=True, max_length=500, verbose_name="对账结果说明")),
                ("refmsgid", models.CharField(blank=True, max_length=60, verbose_name="接收方报文ID")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="对账时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
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
                        verbose_name="接口业务",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="totals",
                        to="reconciliation.run",
                        verbose_name="对账",
                    ),
                ),
            ],
            options={
                "verbose_name": "总账",
                "verbose_name_plural": "总账",
                "ordering": ["run", "-round", "begin", "clr_type", "insutype", "clr_optins", "step"],
                "indexes": [
                    models.Index(fields=["institution", "run", "-round"], name="total_of_run"),
                    models.Index(fields=["institution", "environment", "-begin"], name="total_newest"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="total_by_operation",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_application", True), ("state__in", ["asking", "doubtful", "balanced"])),
                        fields=("institution", "environment", "insutype", "clr_type", "clr_optins", "begin", "end"),
                        name="one_application_a_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthClose",
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
                ("family", models.CharField(max_length=20, verbose_name="接口")),
                ("month", models.DateField(verbose_name="月份")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="笔数")),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="医疗费总额"
                    ),
                ),
                (
                    "fund",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="基金支付总额"
                    ),
                ),
                (
                    "account",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="个人账户支付"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("closed_as", models.CharField(blank=True, max_length=100, verbose_name="结账人（显示）")),
                ("closed_at", models.DateTimeField(auto_now_add=True, verbose_name="结账时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="结账人",
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
                "verbose_name": "月末结账",
                "verbose_name_plural": "月末结账",
                "ordering": ["-month"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "family", "month"), name="one_close_a_month"
                    )
                ],
            },
        ),
    ]
