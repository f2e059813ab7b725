import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields

GUARDS = """
CREATE FUNCTION gateway_console_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.by_console IS DISTINCT FROM OLD.by_console THEN
        RAISE EXCEPTION '%: a test call stays one, and nothing else becomes one', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_console_guard BEFORE UPDATE ON gateway_operation
    FOR EACH ROW EXECUTE FUNCTION gateway_console_guard();
CREATE TRIGGER gateway_console_guard BEFORE UPDATE ON gateway_attempt
    FOR EACH ROW EXECUTE FUNCTION gateway_console_guard();
"""
NO_GUARDS = """
DROP TRIGGER IF EXISTS gateway_console_guard ON gateway_operation;
DROP TRIGGER IF EXISTS gateway_console_guard ON gateway_attempt;
DROP FUNCTION IF EXISTS gateway_console_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0003_sessions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsoleCall",
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
                        choices=[("test", "测试环境"), ("production", "正式环境")], max_length=10, verbose_name="环境"
                    ),
                ),
                ("gateway", models.CharField(max_length=40, verbose_name="接口")),
                ("kind", models.CharField(max_length=60, verbose_name="交易")),
                ("form", models.UUIDField(verbose_name="表单编号")),
                ("content", portal.vault.fields.SealedField(verbose_name="请求内容")),
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
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发送人",
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
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="结果说明")),
                ("created_label", models.CharField(blank=True, max_length=100, verbose_name="发送人名称")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="提交时间"),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "接口测试记录",
                "verbose_name_plural": "接口测试记录",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["institution", "-created_at"], name="gateway_console_recent")],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "form"), name="gateway_console_form"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["", "ok", "ok_unparsed", "rejected", "not_sent", "unknown"])
                        ),
                        name="gateway_console_outcome",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="asked_by",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="发起人"),
        ),
        migrations.AddField(
            model_name="attempt",
            name="by_console",
            field=models.BooleanField(default=False, verbose_name="接口测试"),
        ),
        migrations.AddField(
            model_name="attempt",
            name="subject",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="业务编号"),
        ),
        migrations.AddField(
            model_name="operation",
            name="by_console",
            field=models.BooleanField(default=False, verbose_name="接口测试"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("subject", ""), _negated=True),
                fields=["institution", "subject", "-sent_at"],
                name="gateway_attempt_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(("by_console", False), ("environment", "test"), _connector="OR"),
                name="gateway_operation_console_only_tests",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
