from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0002_differences"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
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
                ("text", models.CharField(max_length=1000, verbose_name="备注")),
                ("written_as", models.CharField(max_length=100, verbose_name="备注人（显示）")),
                ("written_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="reconciliation.difference",
                        verbose_name="差异",
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
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="备注人",
                    ),
                ),
            ],
            options={
                "verbose_name": "差异备注",
                "verbose_name_plural": "差异备注",
                "ordering": ["written_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("batch", models.UUIDField(editable=False, null=True, verbose_name="批次")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("adopt", "以中心为准"),
                            ("reverse", "在中心撤销或冲正"),
                            ("resend", "重新发送"),
                            ("accept", "说明原因后认可"),
                        ],
                        max_length=8,
                        verbose_name="处理方式",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("only_ours", "本机构有、中心无"),
                            ("only_theirs", "中心有、本机构无"),
                            ("amount", "金额不一致"),
                            ("refund_one_side", "单边退费"),
                            ("twice", "重复"),
                            ("pending", "办理中"),
                            ("doubtful", "结果待确认"),
                            ("over_midnight", "日期不同"),
                            ("other_scope", "险种或清算类别不同"),
                            ("unreadable", "中心记录无法对应"),
                        ],
                        max_length=15,
                        verbose_name="差异类型",
                    ),
                ),
                (
                    "gap",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="总额差"
                    ),
                ),
                ("needs_second", models.BooleanField(default=True, verbose_name="须双人复核")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待复核"),
                            ("running", "办理中"),
                            ("done", "已完成"),
                            ("failed", "没有办成"),
                            ("refused", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=500, verbose_name="结果")),
                ("proposed_as", models.CharField(max_length=100, verbose_name="提出人（显示）")),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("approved_as", models.CharField(blank=True, max_length=100, verbose_name="复核人（显示）")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="reconciliation.difference",
                        verbose_name="差异",
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
                        verbose_name="接口业务",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "差异处理",
                "verbose_name_plural": "差异处理",
                "ordering": ["-proposed_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "state"], name="decision_by_state"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="decision_by_operation",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "running"])),
                        fields=("institution", "difference"),
                        name="one_live_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_second", False),
                            ("state__in", ["proposed", "refused", "withdrawn"]),
                            ("approved_by__isnull", False),
                            _connector="OR",
                        ),
                        name="decision_waits_for_the_second",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
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
                ("is_booked", models.BooleanField(verbose_name="已调账")),
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
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("made_as", models.CharField(max_length=210, verbose_name="经办人与复核人")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="reconciliation.difference",
                        verbose_name="差异",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                        verbose_name="调整后的记录",
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
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="reconciliation.decision",
                        verbose_name="差异处理",
                    ),
                ),
            ],
            options={
                "verbose_name": "调整",
                "verbose_name_plural": "调整",
                "ordering": ["-made_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-made_at", "-id"], name="adjustment_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "decision"), name="one_adjustment_a_decision")
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionSheet",
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
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("rows", models.JSONField(default=list, verbose_name="内容")),
                ("good", models.PositiveIntegerField(default=0, verbose_name="可以提交")),
                ("bad", models.PositiveIntegerField(default=0, verbose_name="有问题")),
                ("batch", models.UUIDField(editable=False, null=True, verbose_name="批次")),
                ("uploaded_as", models.CharField(max_length=100, verbose_name="上传人（显示）")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="提交时间")),
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
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "处理表",
                "verbose_name_plural": "处理表",
                "ordering": ["-uploaded_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
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
                        choices=[("missed", "没有对账"), ("doubt", "结果待确认过久")], max_length=6, verbose_name="类型"
                    ),
                ),
                ("about", models.CharField(max_length=80, verbose_name="对象")),
                ("sentence", models.CharField(max_length=300, verbose_name="说明")),
                ("raised_at", models.DateTimeField(auto_now_add=True, verbose_name="发生时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="解除时间")),
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
                "verbose_name": "对账提醒",
                "verbose_name_plural": "对账提醒",
                "ordering": ["-raised_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("institution", "environment", "kind", "about"),
                        name="one_open_alarm",
                    )
                ],
            },
        ),
    ]
