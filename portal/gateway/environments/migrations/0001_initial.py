import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_accounts"),
        ("channels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="通道版本")),
                ("by_label", models.CharField(max_length=100, verbose_name="测试人")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="开始时间")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.channel",
                        verbose_name="接口通道",
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
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.channeltrial",
                        verbose_name="连接测试",
                    ),
                ),
            ],
            options={
                "verbose_name": "已保存配置的测试",
                "verbose_name_plural": "已保存配置的测试",
                "ordering": ["-started_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="原环境"
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="新环境"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "等待复核"),
                            ("draining", "等待在途业务结束"),
                            ("done", "已切换"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                            ("abandoned", "已放弃"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="切换理由")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="结果说明")),
                ("proposed_label", models.CharField(max_length=100, verbose_name="申请人")),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="申请时间")),
                ("decided_label", models.CharField(blank=True, max_length=100, verbose_name="复核人")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("deadline", models.DateTimeField(null=True, verbose_name="等待期限")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "运行环境切换",
                "verbose_name_plural": "运行环境切换",
                "ordering": ["-proposed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "draining"])),
                        fields=("institution",),
                        name="one_open_switch",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["draining", "done"]), _negated=True),
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="switch_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True), name="switch_to_the_other"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["proposed", "draining", "done", "refused", "withdrawn", "abandoned"])
                        ),
                        name="switch_state",
                    ),
                ],
            },
        ),
    ]
