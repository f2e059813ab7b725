import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0006_signing"),
        ("settlement", "0005_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="AcceptanceRun",
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
                ("number", models.CharField(max_length=30, verbose_name="验收编号")),
                ("families", models.JSONField(default=list, verbose_name="业务")),
                ("numbers", models.JSONField(default=list, verbose_name="启用的交易")),
                ("channel", models.JSONField(default=dict, verbose_name="接口通道")),
                ("edition", models.CharField(blank=True, max_length=64, verbose_name="接口版本")),
                ("edition_title", models.CharField(blank=True, max_length=100, verbose_name="接口版本名称")),
                ("person_masked", models.CharField(blank=True, max_length=60, verbose_name="测试人员（遮盖）")),
                ("given", portal.vault.fields.SealedJson(verbose_name="填写的内容")),
                ("facts", portal.vault.fields.SealedJson(null=True, verbose_name="过程数据")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "进行中"), ("stopped", "已中断"), ("done", "已完成")],
                        default="running",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("stop_asked", models.BooleanField(default=False, verbose_name="已请求停止")),
                (
                    "balance_before",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="开始时账户余额"),
                ),
                (
                    "balance_after",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="结束时账户余额"),
                ),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="发起人（显示）")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
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
                "verbose_name": "接入验收",
                "verbose_name_plural": "接入验收",
                "ordering": ["-started_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_acceptance_run_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("environment", "test"), ("job__isnull", True), _connector="OR"),
                        name="acceptance_only_tests",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("institution", "environment"),
                        name="one_acceptance_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptanceCase",
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
                ("order", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("key", models.CharField(max_length=40, verbose_name="用例")),
                ("family", models.CharField(max_length=12, verbose_name="业务")),
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("name", models.CharField(max_length=100, verbose_name="交易名称")),
                ("purpose", models.CharField(max_length=200, verbose_name="验证内容")),
                ("expects", models.CharField(max_length=8, verbose_name="预期")),
                ("support", models.BooleanField(default=False, verbose_name="配套")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "未执行"),
                            ("passed", "通过"),
                            ("refused", "按预期拒绝"),
                            ("failed", "未通过"),
                            ("skipped", "未执行（有说明）"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="发送方报文ID")),
                ("refmsgid", models.CharField(blank=True, max_length=40, verbose_name="接收方报文ID")),
                ("called_at", models.DateTimeField(null=True, verbose_name="调用时间")),
                ("took_ms", models.PositiveIntegerField(null=True, verbose_name="用时（毫秒）")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.attempt",
                        verbose_name="接口报文",
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="settlement.acceptancerun",
                        verbose_name="验收",
                    ),
                ),
            ],
            options={
                "verbose_name": "验收用例",
                "verbose_name_plural": "验收用例",
                "ordering": ["run", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "run", "order"), name="one_acceptance_case_a_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="JoiningCheck",
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
                ("step", models.CharField(max_length=20, verbose_name="步骤")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待检查"),
                            ("good", "通过"),
                            ("warn", "需要注意"),
                            ("bad", "未通过"),
                            ("skipped", "没有检查"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("next_step", models.CharField(blank=True, max_length=500, verbose_name="怎么办")),
                ("figures", models.JSONField(default=list, verbose_name="数据")),
                ("field", models.CharField(blank=True, max_length=30, verbose_name="有关的配置项")),
                ("msgids", models.JSONField(default=list, verbose_name="报文编号")),
                ("took_ms", models.PositiveIntegerField(null=True, verbose_name="用时（毫秒）")),
                ("channel_version", models.PositiveIntegerField(default=0, verbose_name="配置版本")),
                ("certificate", portal.vault.fields.SealedJson(null=True, verbose_name="测试人员证件")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="检查人（显示）")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="检查时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="检查人",
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
                "verbose_name": "接入检查",
                "verbose_name_plural": "接入检查",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["institution", "environment", "step", "-asked_at"], name="settlement_joining_step"
                    )
                ],
            },
        ),
    ]
