import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0002_identity"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChargeSchedule",
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
                ("is_on", models.BooleanField(default=False, verbose_name="每天自动上传")),
                ("at", models.TimeField(verbose_name="上传时刻")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次上传")),
                ("last_at", models.DateTimeField(null=True, verbose_name="上次上传")),
                ("last_count", models.PositiveIntegerField(default=0, verbose_name="上次上传的就诊数")),
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
                "verbose_name": "住院费用自动上传",
                "verbose_name_plural": "住院费用自动上传",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_charge_schedule")
                ],
            },
        ),
    ]
