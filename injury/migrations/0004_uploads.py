import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("injury", "0003_fees"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeEpoch",
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
                ("n", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("starting", "准备上传"),
                            ("sending", "上传中"),
                            ("checking", "核对中心金额"),
                            ("complete", "与中心一致"),
                            ("stopped", "金额不符，已停止"),
                            ("partial", "金额不符，须作废重传"),
                            ("wiping", "作废办理中"),
                            ("proving", "核对作废结果"),
                            ("wiped", "已作废"),
                            ("people", "须人工处理"),
                        ],
                        default="starting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("changes", models.PositiveIntegerField(default=0, verbose_name="变动次数")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("is_scheduled", models.BooleanField(default=False, verbose_name="自动上传")),
                ("started_as", models.CharField(blank=True, max_length=100, verbose_name="发起人（显示）")),
                ("started_at", models.DateTimeField(verbose_name="发起时间")),
                ("completed_at", models.DateTimeField(null=True, verbose_name="核对一致时间")),
                ("retry_at", models.DateTimeField(null=True, verbose_name="再次核对时间")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="未得到答复次数")),
                ("wipes", models.PositiveSmallIntegerField(default=0, verbose_name="作废次数")),
                (
                    "before_wipe",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("starting", "准备上传"),
                            ("sending", "上传中"),
                            ("checking", "核对中心金额"),
                            ("complete", "与中心一致"),
                            ("stopped", "金额不符，已停止"),
                            ("partial", "金额不符，须作废重传"),
                            ("wiping", "作废办理中"),
                            ("proving", "核对作废结果"),
                            ("wiped", "已作废"),
                            ("people", "须人工处理"),
                        ],
                        max_length=8,
                        verbose_name="作废前状态",
                    ),
                ),
                ("is_wiped_by_hand", models.BooleanField(default=False, verbose_name="人工提请作废")),
                ("is_sent_again", models.BooleanField(default=False, verbose_name="作废后重新上传")),
                ("wipe_reason", models.CharField(blank=True, max_length=400, verbose_name="作废原因")),
                ("wiped_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_epochs",
                        to="injury.admission",
                        verbose_name="就诊",
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
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "wipe",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="作废",
                    ),
                ),
            ],
            options={
                "verbose_name": "费用上传",
                "verbose_name_plural": "费用上传",
                "ordering": ["-started_at", "-n"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "state", "-started_at"], name="epoch_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "admission", "n"), name="one_epoch_a_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "wiped"), _negated=True),
                        fields=("institution", "admission"),
                        name="one_open_epoch_an_admission",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeBatch",
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
                ("number", models.PositiveIntegerField(verbose_name="批次")),
                (
                    "sign",
                    models.SmallIntegerField(choices=[(1, "收费"), (-1, "退费"), (0, "仅医嘱")], verbose_name="性质"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待上传"),
                            ("sending", "上传中"),
                            ("applied", "已上传"),
                            ("partial", "部分生效"),
                            ("refused", "被中心拒绝"),
                            ("cancelled", "未发送"),
                            ("wiped", "已作废"),
                        ],
                        default="planned",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="金额")),
                ("sums", models.JSONField(default=dict, verbose_name="分类金额")),
                ("content_hash", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("advices", models.JSONField(default=dict, verbose_name="医嘱")),
                ("saved", models.PositiveIntegerField(null=True, verbose_name="中心保存条数")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
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
                    "epoch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="injury.feeepoch",
                        verbose_name="费用上传",
                    ),
                ),
            ],
            options={
                "verbose_name": "上传批次",
                "verbose_name_plural": "上传批次",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "epoch", "number"), name="one_batch_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("sign", 1)),
                            models.Q(("amount__lt", 0), ("sign", -1)),
                            models.Q(("amount", 0), ("count", 0), ("sign", 0)),
                            _connector="OR",
                        ),
                        name="batch_has_one_sign",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CentreReading",
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
                ("changes", models.PositiveIntegerField(default=0, verbose_name="变动次数")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("baseline", "上传前"),
                            ("doubt", "核实结果待确认的批次"),
                            ("final", "上传后"),
                            ("empty", "作废后"),
                            ("wipe_doubt", "核实结果待确认的作废"),
                            ("check", "核对"),
                        ],
                        max_length=10,
                        verbose_name="用途",
                    ),
                ),
                ("total", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="中心总金额")),
                ("sums", models.JSONField(default=dict, verbose_name="中心分类金额")),
                ("is_empty", models.BooleanField(default=False, verbose_name="中心没有费用")),
                ("read_at", models.DateTimeField(verbose_name="读取时间")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="centre_readings",
                        to="injury.admission",
                        verbose_name="就诊",
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
                    "epoch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="injury.feeepoch",
                        verbose_name="费用上传",
                    ),
                ),
            ],
            options={
                "verbose_name": "中心金额",
                "verbose_name_plural": "中心金额",
                "ordering": ["-read_at", "-id"],
                "indexes": [models.Index(fields=["institution", "admission", "-read_at"], name="reading_newest")],
            },
        ),
        migrations.CreateModel(
            name="BatchLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=30, verbose_name="金额")),
                ("category", models.CharField(blank=True, max_length=5, verbose_name="收费类别")),
                ("line_hash", models.CharField(max_length=32, verbose_name="内容摘要")),
                ("is_void", models.BooleanField(default=False, verbose_name="未生效")),
                (
                    "admission",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="injury.admission",
                        verbose_name="就诊",
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_lines",
                        to="injury.feeitem",
                        verbose_name="费用明细",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="injury.feebatch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "epoch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="injury.feeepoch",
                        verbose_name="费用上传",
                    ),
                ),
            ],
            options={
                "verbose_name": "上传明细",
                "verbose_name_plural": "上传明细",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_void", False)),
                        fields=("institution", "admission", "epoch", "item"),
                        name="one_line_an_epoch",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadSchedule",
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
                ("is_on", models.BooleanField(default=False, verbose_name="自动上传")),
                ("times", models.CharField(blank=True, max_length=200, verbose_name="上传时刻")),
                ("every", models.PositiveSmallIntegerField(default=30, verbose_name="间隔（分钟）")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次上传")),
                ("last_at", models.DateTimeField(null=True, verbose_name="上次上传")),
                ("last_count", models.PositiveIntegerField(default=0, verbose_name="上次涉及就诊数")),
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
                "verbose_name": "自动上传",
                "verbose_name_plural": "自动上传",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_upload_schedule")
                ],
            },
        ),
    ]
