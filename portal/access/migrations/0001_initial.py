import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows

#: Whose rows may be seen: portal.access.door says it with SET LOCAL, the policies of portal.access.walls ask these.
WHOSE = """
CREATE SCHEMA IF NOT EXISTS app;
CREATE OR REPLACE FUNCTION app.cur_inst() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    v text := pg_catalog.current_setting('app.institution', true);
BEGIN
    IF v IS NULL OR v = '' THEN
        RAISE EXCEPTION 'no institution set' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN v::bigint;
END $$;
CREATE OR REPLACE FUNCTION app.is_platform() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(pg_catalog.current_setting('app.scope', true), '') = 'platform'
$$;
"""
NOBODYS = "DROP FUNCTION app.cur_inst(); DROP FUNCTION app.is_platform(); DROP SCHEMA app"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pgcrypto", migrations.RunSQL.noop),
        migrations.RunSQL(WHOSE, NOBODYS),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "用户名已被使用"},
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-zA-Z0-9_.-]{2,30}$", "用户名：2–30 位字母、数字、点、横线或下划线"
                            )
                        ],
                        verbose_name="用户名",
                    ),
                ),
                ("full_name", models.CharField(max_length=50, verbose_name="姓名")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("is_platform_admin", models.BooleanField(default=False, verbose_name="平台管理员")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="须修改密码")),
                (
                    "password_set_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="密码设置时间"),
                ),
                ("session_key", models.CharField(blank=True, editable=False, max_length=40, verbose_name="当前会话")),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
                "ordering": ["username"],
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="公开编号"),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=12,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]\\d{11}$", "定点机构编号：1 位大写字母加 11 位数字"
                            )
                        ],
                        verbose_name="定点机构编号",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="机构名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hospital", "医院"),
                            ("clinic", "诊所"),
                            ("pharmacy", "药店"),
                            ("village", "村卫生室"),
                        ],
                        max_length=10,
                        verbose_name="机构类型",
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        max_length=6,
                        validators=[django.core.validators.RegexValidator("^\\d{6}$", "统筹区：6 位数字")],
                        verbose_name="统筹区",
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=20, verbose_name="医院等级")),
                ("inpatient_chronic", models.BooleanField(default=False, verbose_name="开通住院/慢病")),
                ("cross_region", models.BooleanField(default=False, verbose_name="开通异地业务")),
                ("maternity", models.BooleanField(default=False, verbose_name="开通生育业务")),
                ("per_capita", models.BooleanField(default=False, verbose_name="按人头付费")),
                ("four_eyes", models.BooleanField(default=True, verbose_name="双人复核")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        default="test",
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "机构",
                "verbose_name_plural": "机构",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="PastPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "历史密码",
                "verbose_name_plural": "历史密码",
                "ordering": ["-set_at"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("clerk", "经办"),
                                ("reviewer", "复核"),
                                ("auditor", "审计"),
                                ("institution_admin", "机构管理员"),
                                ("platform_admin", "平台管理员"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="角色",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="加入时间")),
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
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构人员",
                "verbose_name_plural": "机构人员",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "user"), name="one_membership_a_person")
                ],
            },
        ),
    ]
