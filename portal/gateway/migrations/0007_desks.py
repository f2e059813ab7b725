import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields
from portal.gateway.migrations._declined import AFTER, BEFORE


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("gateway", "0006_signing"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="lane",
            field=models.CharField(blank=True, default="", max_length=36, verbose_name="通道"),
        ),
        migrations.AddField(
            model_name="lease",
            name="lane",
            field=models.CharField(blank=True, default="", max_length=36, verbose_name="通道"),
        ),
        migrations.RemoveConstraint(model_name="lease", name="gateway_lease_one"),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.UniqueConstraint(
                fields=("institution", "gateway", "lane", "environment"), name="gateway_lease_one"
            ),
        ),
        migrations.RunSQL(AFTER, BEFORE),
        migrations.CreateModel(
            name="Desk",
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
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("address", models.CharField(max_length=200, verbose_name="桥接地址")),
                ("token", portal.vault.fields.SealedField(null=True, verbose_name="令牌")),
                ("certificate", models.TextField(blank=True, default="", verbose_name="桥接证书")),
                ("client_certificate", models.TextField(blank=True, default="", verbose_name="门户证书")),
                ("client_key", portal.vault.fields.SealedField(null=True, verbose_name="门户证书私钥")),
                ("token_set_at", models.DateTimeField(null=True, verbose_name="令牌设置时间")),
                ("device_no", models.CharField(blank=True, default="", max_length=100, verbose_name="设备编号")),
                ("term_no", models.CharField(blank=True, default="", max_length=30, verbose_name="终端编号")),
                ("dept_code", models.CharField(blank=True, default="", max_length=20, verbose_name="医保科室编号")),
                ("dept_name", models.CharField(blank=True, default="", max_length=30, verbose_name="医保科室名称")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("health", models.JSONField(null=True, verbose_name="最近检查")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="检查时间")),
                ("created_label", models.CharField(blank=True, max_length=100, verbose_name="登记人")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="登记时间"),
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
                "verbose_name": "终端",
                "verbose_name_plural": "终端",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "name"), name="one_desk_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskSeat",
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
                    "chosen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="选定时间"),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.desk",
                        verbose_name="终端",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员所在终端",
                "verbose_name_plural": "人员所在终端",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "user"), name="one_seat_a_person")
                ],
            },
        ),
    ]
