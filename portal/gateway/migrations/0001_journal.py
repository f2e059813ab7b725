import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields
from portal.gateway.migrations._guards import GUARDS, NO_GUARDS


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gateway", models.CharField(max_length=40, verbose_name="接口")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="环境"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="交易")),
                ("business_key", models.CharField(max_length=200, verbose_name="业务主键")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="业务对象")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                ("request", portal.vault.fields.SealedField(verbose_name="请求内容")),
                ("request_hash", models.CharField(max_length=64, verbose_name="请求摘要")),
                ("expected", models.JSONField(default=dict, verbose_name="预期合计")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待复核"),
                            ("approved", "已复核"),
                            ("queued", "排队中"),
                            ("sending", "发送中"),
                            ("done", "已完成"),
                            ("rejected", "被接口拒绝"),
                            ("in_doubt", "结果待确认"),
                            ("resolving", "结果待确认（核实中）"),
                            ("reversing", "结果待确认（冲正中）"),
                            ("reversed", "已冲正"),
                            ("manual", "结果待确认（须人工处理）"),
                            ("refused", "复核未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="发送次数")),
                ("four_eyes", models.BooleanField(default=False, verbose_name="须双人复核")),
                ("recovered", models.BooleanField(default=False, verbose_name="恢复后发现")),
                (
                    "task",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无"),
                            ("unparsed", "接口已受理，但答复无法读取，请人工阅读原文"),
                            ("unapplied", "接口已受理，门户入账未完成，系统会自动重试"),
                            ("recovered", "数据恢复后发现的请求，须先核对"),
                            ("contradiction", "先后得到的证据互相矛盾，请人工核对"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="待办",
                    ),
                ),
                ("created_label", models.CharField(blank=True, max_length=100, verbose_name="申请人名称")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="结果说明")),
                ("reply", portal.vault.fields.SealedField(null=True, verbose_name="答复内容")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="提交时间"),
                ),
                (
                    "state_since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="状态时间"),
                ),
                ("queued_at", models.DateTimeField(null=True, verbose_name="排队时间")),
                ("not_before", models.DateTimeField(null=True, verbose_name="最早发送时间")),
                ("deadline", models.DateTimeField(null=True, verbose_name="答复期限")),
                ("quiet_until", models.DateTimeField(null=True, verbose_name="静默期至")),
                ("next_look_at", models.DateTimeField(null=True, verbose_name="下次核实时间")),
                ("looks", models.PositiveSmallIntegerField(default=0, verbose_name="核实次数")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
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
                    "created_by",
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
                "verbose_name": "接口业务",
                "verbose_name_plural": "接口业务",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["institution", "gateway", "queued_at"],
                        name="gateway_operation_queue",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "approved",
                                    "queued",
                                    "sending",
                                    "in_doubt",
                                    "resolving",
                                    "reversing",
                                    "manual",
                                ],
                            )
                        ),
                        fields=["institution", "state"],
                        name="gateway_operation_open",
                    ),
                    models.Index(fields=["institution", "-created_at"], name="gateway_operation_recent"),
                    models.Index(
                        condition=models.Q(("subject", ""), _negated=True),
                        fields=["institution", "subject"],
                        name="gateway_operation_subject",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "approved",
                                    "queued",
                                    "sending",
                                    "in_doubt",
                                    "resolving",
                                    "reversing",
                                    "manual",
                                ],
                            )
                        ),
                        fields=("institution", "kind", "business_key"),
                        name="gateway_operation_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("created_by__isnull", True),
                            models.Q(("approved_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="gateway_operation_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "approved",
                                    "queued",
                                    "sending",
                                    "done",
                                    "rejected",
                                    "in_doubt",
                                    "resolving",
                                    "reversing",
                                    "reversed",
                                    "manual",
                                    "refused",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="gateway_operation_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gateway", models.CharField(max_length=40, verbose_name="接口")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="环境"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="交易")),
                ("n", models.PositiveSmallIntegerField(default=1, verbose_name="次序")),
                ("msgid", models.CharField(max_length=64, verbose_name="报文编号")),
                ("fence", models.BigIntegerField(default=0, verbose_name="租约号")),
                (
                    "sent_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="发送时间"),
                ),
                ("deadline", models.DateTimeField(null=True, verbose_name="答复期限")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "等待答复"),
                            ("ok", "成功"),
                            ("ok_unparsed", "成功，但答复无法读取"),
                            ("rejected", "被拒绝"),
                            ("not_sent", "未发出"),
                            ("unknown", "结果待确认"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="结果",
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("took_ms", models.PositiveIntegerField(null=True, verbose_name="耗时（毫秒）")),
                ("http_status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP 状态")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="结果说明")),
                ("raw_request", portal.vault.fields.SealedField(null=True, verbose_name="请求原文")),
                ("raw_reply", portal.vault.fields.SealedField(null=True, verbose_name="答复原文")),
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
                        related_name="attempt_rows",
                        to="gateway.operation",
                        verbose_name="接口业务",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口报文",
                "verbose_name_plural": "接口报文",
                "ordering": ["-sent_at"],
                "indexes": [models.Index(fields=["institution", "-sent_at"], name="gateway_attempt_recent")],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "msgid"), name="gateway_attempt_msgid"),
                    models.UniqueConstraint(
                        condition=models.Q(("operation__isnull", False)),
                        fields=("institution", "operation", "n"),
                        name="gateway_attempt_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["", "ok", "ok_unparsed", "rejected", "not_sent", "unknown"])
                        ),
                        name="gateway_attempt_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="业务版本")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("query", "向接口查询"),
                            ("late_reply", "迟到的答复"),
                            ("spool", "发送登记簿"),
                            ("proposal", "一人认定"),
                            ("people", "两人认定"),
                        ],
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("applied", "已生效"), ("not_applied", "未生效"), ("unknown", "仍无法确定")],
                        max_length=12,
                        verbose_name="结论",
                    ),
                ),
                ("note", models.CharField(max_length=500, verbose_name="说明")),
                ("asked", models.JSONField(default=list, verbose_name="询问")),
                ("answered", portal.vault.fields.SealedField(null=True, verbose_name="回答")),
                ("again", models.BooleanField(default=False, verbose_name="重新发送")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间")),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_rows",
                        to="gateway.attempt",
                        verbose_name="接口报文",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="第二认定人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认定人",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_rows",
                        to="gateway.operation",
                        verbose_name="接口业务",
                    ),
                ),
            ],
            options={
                "verbose_name": "核实证据",
                "verbose_name_plural": "核实证据",
                "ordering": ["at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["applied", "not_applied", "unknown"])),
                        name="gateway_evidence_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["query", "late_reply", "spool", "proposal", "people"])),
                        name="gateway_evidence_method",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "people"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("confirmed_by__isnull", False),
                                models.Q(("decided_by", models.F("confirmed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="gateway_evidence_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpoolMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spool", models.CharField(max_length=40, verbose_name="登记簿")),
                ("day", models.DateField(verbose_name="日期")),
                ("offset", models.BigIntegerField(default=0, verbose_name="已核对字节数")),
            ],
            options={
                "verbose_name": "登记簿核对位置",
                "verbose_name_plural": "登记簿核对位置",
                "constraints": [models.UniqueConstraint(fields=("spool", "day"), name="gateway_spool_mark")],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gateway", models.CharField(max_length=40, verbose_name="接口")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="环境"
                    ),
                ),
                ("holder", models.CharField(max_length=120, verbose_name="持有者")),
                ("fence", models.BigIntegerField(default=0, verbose_name="租约号")),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
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
                "verbose_name": "发送租约",
                "verbose_name_plural": "发送租约",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "gateway", "environment"), name="gateway_lease_one")
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
