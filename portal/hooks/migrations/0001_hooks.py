import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
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
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="名称")),
                ("url", models.CharField(max_length=300, verbose_name="推送地址")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="事件"
                    ),
                ),
                ("secret", portal.vault.fields.SealedField(verbose_name="签名密钥")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("made_label", models.CharField(max_length=100, verbose_name="创建人")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="创建时间"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                "verbose_name": "消息推送",
                "verbose_name_plural": "消息推送",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("message", models.UUIDField(verbose_name="消息编号")),
                ("event", models.CharField(max_length=60, verbose_name="事件")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="业务编号")),
                ("body", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待推送"),
                            ("delivered", "已送达"),
                            ("given_up", "未送达"),
                            ("stopped", "推送已停用"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="推送次数")),
                ("replays", models.PositiveSmallIntegerField(default=0, verbose_name="重新推送")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP 状态")),
                ("sentence", models.CharField(blank=True, max_length=300, verbose_name="结果")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="发生时间"),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), null=True, verbose_name="下次推送"
                    ),
                ),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="送达时间")),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="hooks.webhook",
                        verbose_name="推送",
                    ),
                ),
            ],
            options={
                "verbose_name": "推送记录",
                "verbose_name_plural": "推送记录",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-id"], name="hooks_delivery_recent"),
                    models.Index(fields=["institution", "webhook", "-id"], name="hooks_delivery_webhook"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["institution", "next_at"],
                        name="hooks_delivery_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "delivered", "given_up", "stopped"])),
                        name="hooks_delivery_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryTry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "sent_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                ("took_ms", models.PositiveIntegerField(verbose_name="耗时（毫秒）")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP 状态")),
                ("sentence", models.CharField(max_length=300, verbose_name="结果")),
                ("answer", portal.vault.fields.SealedField(null=True, verbose_name="对方的回应")),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="try_rows",
                        to="hooks.delivery",
                        verbose_name="推送记录",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                "verbose_name": "推送尝试",
                "verbose_name_plural": "推送尝试",
                "ordering": ["sent_at", "id"],
                "indexes": [models.Index(fields=["institution", "delivery", "sent_at"], name="hooks_try_delivery")],
            },
        ),
    ]
