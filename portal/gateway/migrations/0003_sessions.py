import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields
from portal.gateway.migrations._guards import OPERATION

#: A refusal proves that nothing was carried out, as well as a message that never left: what was refused for its
#: session may be sent again.
PROVEN = "(step = 'sending > queued' AND last IS DISTINCT FROM 'not_sent')"
ALSO_REFUSED = "(step = 'sending > queued' AND (last IS NULL OR last NOT IN ('not_sent', 'rejected')))"
FUNCTION = OPERATION.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
assert PROVEN in FUNCTION


class Migration(migrations.Migration):
    dependencies = [("gateway", "0002_live_in_its_environment")]
    operations = [
        migrations.RunSQL(FUNCTION.replace(PROVEN, ALSO_REFUSED), FUNCTION),
        migrations.CreateModel(
            name="GatewaySession",
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
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("user_name", models.CharField(max_length=100, verbose_name="接口用户名")),
                ("session", portal.vault.fields.SealedField(null=True, verbose_name="会话编号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("out", "未登录"),
                            ("in", "已登录"),
                            ("leaving", "正在退出"),
                            ("taken", "被其他程序占用"),
                            ("refused", "登录被拒绝"),
                            ("unsure", "登录结果未知"),
                        ],
                        default="out",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("signed_in_at", models.DateTimeField(null=True, verbose_name="登录时间")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="最近使用时间")),
                ("not_before", models.DateTimeField(null=True, verbose_name="不早于")),
                ("failures", models.PositiveSmallIntegerField(default=0, verbose_name="连续失败次数")),
                ("settings_version", models.PositiveIntegerField(default=0, verbose_name="配置版本")),
                ("message", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="状态时间"),
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
                "verbose_name": "接口登录",
                "verbose_name_plural": "接口登录",
                "ordering": ["gateway", "environment", "user_name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "gateway", "environment", "user_name"), name="gateway_session_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["out", "in", "leaving", "taken", "refused", "unsure"])),
                        name="gateway_session_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["in", "leaving"]), _negated=True),
                            ("session__isnull", False),
                            _connector="OR",
                        ),
                        name="gateway_session_is_there",
                    ),
                ],
            },
        ),
    ]
