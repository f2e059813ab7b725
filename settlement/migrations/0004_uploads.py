import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0003_filings"),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadRun",
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
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "上传中"), ("done", "已完成"), ("stopped", "已暂停")],
                        default="running",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("is_scheduled", models.BooleanField(default=False, verbose_name="自动")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="开始时待上传")),
                ("opened", models.IntegerField(default=0, verbose_name="已发出")),
                ("sent", models.IntegerField(default=0, verbose_name="已上传")),
                ("refused", models.IntegerField(default=0, verbose_name="被拒绝")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("started_as", models.CharField(blank=True, max_length=100, verbose_name="发起人")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
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
                "verbose_name": "采集上传任务",
                "verbose_name_plural": "采集上传任务",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "number", "-id"], name="upload_run_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("institution", "environment", "number"),
                        name="one_upload_run_a_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadRecord",
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
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("key", models.CharField(max_length=200, verbose_name="业务主键")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("is_current", models.BooleanField(default=True, verbose_name="最新版次")),
                ("is_at_centre", models.BooleanField(default=False, verbose_name="中心已有")),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="业务编号")),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="内容")),
                ("mdtrt_id", models.CharField(blank=True, max_length=30, verbose_name="就诊ID")),
                ("setl_id", models.CharField(blank=True, max_length=30, verbose_name="结算ID")),
                ("insured_at", models.CharField(blank=True, max_length=6, verbose_name="参保地医保区划")),
                ("content", portal.vault.fields.SealedJson(verbose_name="内容")),
                ("content_hash", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="大小（字节）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待上传"),
                            ("blocked", "内容有误"),
                            ("sending", "上传中"),
                            ("sent", "已上传"),
                            ("refused", "被中心拒绝"),
                            ("doubtful", "结果待确认"),
                            ("superseded", "已被替换"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("faults", models.JSONField(default=list, verbose_name="问题")),
                ("fault_count", models.PositiveSmallIntegerField(default=0, verbose_name="问题数")),
                ("alone", models.BooleanField(default=False, verbose_name="单独上传")),
                ("proven", models.BooleanField(null=True, verbose_name="查询所见")),
                ("operations", models.JSONField(default=list, verbose_name="历次操作")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("centre_no", models.CharField(blank=True, max_length=40, verbose_name="中心流水号")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("api", "接口"),
                            ("file", "文件导入"),
                            ("page", "页面录入"),
                            ("made", "由门户数据生成"),
                        ],
                        max_length=5,
                        verbose_name="来源",
                    ),
                ),
                ("arrived_as", models.CharField(blank=True, max_length=100, verbose_name="录入人")),
                ("arrived_at", models.DateTimeField(auto_now_add=True, verbose_name="到达时间")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="更正人")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="上传时间")),
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
                        verbose_name="上传操作",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="records",
                        to="settlement.uploadrun",
                        verbose_name="上传任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "采集记录",
                "verbose_name_plural": "采集记录",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_current", True), ("state", "waiting")),
                        fields=["institution", "environment", "number", "id"],
                        name="upload_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "blocked", "sending", "refused", "doubtful"])),
                        fields=["institution", "environment", "number", "state"],
                        name="upload_open",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["sending", "doubtful"])),
                        fields=["institution", "environment", "number", "key"],
                        name="upload_moving",
                    ),
                    models.Index(fields=["institution", "environment", "number", "-id"], name="upload_newest"),
                    models.Index(
                        condition=models.Q(("state", "sent")),
                        fields=["institution", "environment", "sent_at"],
                        name="upload_sent_on",
                    ),
                    models.Index(
                        fields=["institution", "environment", "reference", "number"], name="upload_by_reference"
                    ),
                    models.Index(
                        condition=models.Q(("setl_id", ""), _negated=True),
                        fields=["institution", "setl_id"],
                        name="upload_by_setl_id",
                    ),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="upload_by_operation",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("institution", "environment", "number", "key"),
                        name="one_current_upload_a_key",
                    ),
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number", "key", "version"), name="one_upload_a_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadFile",
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
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("content", portal.vault.fields.SealedJson(null=True, verbose_name="各条记录")),
                ("places", models.JSONField(default=list, verbose_name="位置")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("uploaded_as", models.CharField(blank=True, max_length=100, verbose_name="导入人")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="导入时间")),
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
                "verbose_name": "采集文件",
                "verbose_name_plural": "采集文件",
                "ordering": ["-uploaded_at"],
                "indexes": [
                    models.Index(
                        fields=["institution", "environment", "number", "-uploaded_at"], name="upload_file_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadPlan",
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
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("is_on", models.BooleanField(default=False, verbose_name="自动上传")),
                ("at", models.TimeField(verbose_name="时刻")),
                ("every", models.PositiveSmallIntegerField(default=0, verbose_name="间隔（分钟）")),
                ("at_once", models.PositiveSmallIntegerField(default=5, verbose_name="同时排队（条）")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次上传")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="设置人")),
                ("changed_at", models.DateTimeField(null=True, verbose_name="设置时间")),
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
                "verbose_name": "采集上传设置",
                "verbose_name_plural": "采集上传设置",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_on", True)), fields=["institution", "next_at"], name="upload_plan_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_upload_plan_a_number"
                    )
                ],
            },
        ),
    ]
