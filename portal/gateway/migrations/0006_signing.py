import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields

# One row a sender: the last second in which it sent, and the last number of that second. Taken by one statement, on the
# database's clock. The function runs as the owner, so the table is granted to nobody. Rows are updated in place (room is
# left in the page, no index covers what changes), so the table does not grow. `message_clock` stands apart for tests.
NUMBERS = """
CREATE TABLE app.message_stamp (
    sender text PRIMARY KEY CHECK (length(sender) BETWEEN 1 AND 30),
    second timestamp(0) NOT NULL,
    number integer NOT NULL CHECK (number BETWEEN 0 AND 9999)
) WITH (fillfactor = 20);
CREATE FUNCTION app.message_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';
CREATE FUNCTION app.next_message_stamp(wanted text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = app, pg_temp AS $$
DECLARE
    taken app.message_stamp;
BEGIN
    INSERT INTO app.message_stamp AS held (sender, second, number)
    VALUES (wanted, date_trunc('second', app.message_clock() AT TIME ZONE 'Asia/Shanghai'), 0)
    ON CONFLICT (sender) DO UPDATE SET
        -- A clock that went back keeps counting in the second that was reached, and then in the seconds after it.
        second = CASE WHEN excluded.second < held.second AND held.number = 9999 THEN held.second + interval '1 second'
                      ELSE greatest(excluded.second, held.second) END,
        number = CASE WHEN excluded.second > held.second OR held.number = 9999 THEN 0 ELSE held.number + 1 END
    WHERE excluded.second <> held.second OR held.number < 9999
    RETURNING * INTO taken;
    RETURN to_char(taken.second, 'YYYYMMDDHH24MISS') || lpad(taken.number::text, 4, '0');
END $$;
DROP FUNCTION app.next_message_number();
DROP SEQUENCE app.message_number;
"""
NO_NUMBERS = """
CREATE SEQUENCE app.message_number AS integer MINVALUE 0 MAXVALUE 9999 CYCLE;
CREATE FUNCTION app.next_message_number() RETURNS integer LANGUAGE sql SECURITY DEFINER
    SET search_path = app, pg_temp AS $$ SELECT nextval('app.message_number')::integer $$;
DROP FUNCTION app.next_message_stamp(text);
DROP FUNCTION app.message_clock();
DROP TABLE app.message_stamp;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0005_editions"),
        ("channels", "0002_settings_of_other_wires"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.CreateModel(
            name="NationalSignIn",
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
                ("operator", models.CharField(max_length=20, verbose_name="操作员编号")),
                ("operator_name", models.CharField(blank=True, max_length=50, verbose_name="操作员")),
                ("sign_no", portal.vault.fields.SealedField(null=True, verbose_name="签到编号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("out", "未签到"),
                            ("in", "已签到"),
                            ("refused", "签到被拒绝"),
                            ("unsure", "签到结果未知"),
                        ],
                        default="out",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("signed_in_at", models.DateTimeField(null=True, verbose_name="签到时间")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="最近使用时间")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="班次结束")),
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
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "医保签到",
                "verbose_name_plural": "医保签到",
                "ordering": ["gateway", "environment", "operator"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "gateway", "environment", "operator"), name="national_sign_in_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["out", "in", "refused", "unsure"])),
                        name="national_sign_in_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in"), _negated=True),
                            models.Q(("ends_at__isnull", False), ("sign_no__isnull", False)),
                            _connector="OR",
                        ),
                        name="national_sign_in_is_there",
                    ),
                ],
            },
        ),
    ]
