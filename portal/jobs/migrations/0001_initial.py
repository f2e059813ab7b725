import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name="名称")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "心跳",
                "verbose_name_plural": "心跳",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("key", models.CharField(max_length=200, verbose_name="业务主键")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "进行中"),
                            ("waiting", "等待接口答复"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                            ("doubtful", "结果待确认"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已处理")),
                ("total", models.PositiveIntegerField(null=True, verbose_name="总数")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="进展")),
                ("params", models.JSONField(default=dict, verbose_name="参数")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="原因")),
                ("result_path", models.CharField(blank=True, max_length=300, verbose_name="结果文件位置")),
                ("result_name", models.CharField(blank=True, max_length=200, verbose_name="结果文件")),
                ("started_label", models.CharField(blank=True, max_length=100, verbose_name="发起人名称")),
                ("operation", models.UUIDField(null=True, verbose_name="接口业务")),
                ("run", models.PositiveIntegerField(default=0, verbose_name="启动次数")),
                ("cancel_asked", models.BooleanField(default=False, verbose_name="已请求取消")),
                ("beat_at", models.DateTimeField(null=True, verbose_name="最近活动")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="提交时间"),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
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
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running", "waiting", "doubtful"])),
                        fields=["institution", "state"],
                        name="jobs_job_open",
                    ),
                    models.Index(fields=["institution", "-created_at"], name="jobs_job_recent"),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["institution", "operation"],
                        name="jobs_job_op",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "waiting", "doubtful"])),
                        fields=("institution", "kind", "key"),
                        name="jobs_job_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running", "waiting", "done", "failed", "cancelled", "doubtful"])
                        ),
                        name="jobs_job_state",
                    ),
                ],
            },
        ),
    ]
