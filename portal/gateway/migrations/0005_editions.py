import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows

GUARDS = """
CREATE FUNCTION gateway_edition_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.edition IS DISTINCT FROM OLD.edition THEN
        RAISE EXCEPTION '%: a request stays in the edition it was made in', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_edition_guard BEFORE UPDATE ON gateway_operation
    FOR EACH ROW EXECUTE FUNCTION gateway_edition_guard();
CREATE FUNCTION gateway_nationaledition_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.was_used THEN
            RAISE EXCEPTION '%: an edition that was used stays', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.content, NEW.digest, NEW.environment) IS DISTINCT FROM (OLD.content, OLD.digest, OLD.environment)
        OR (OLD.was_used AND NOT NEW.was_used) THEN
        RAISE EXCEPTION '%: the content of an edition never changes', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_nationaledition_guard BEFORE UPDATE OR DELETE ON gateway_nationaledition
    FOR EACH ROW EXECUTE FUNCTION gateway_nationaledition_guard();
"""
NO_GUARDS = """
DROP TRIGGER gateway_nationaledition_guard ON gateway_nationaledition;
DROP FUNCTION gateway_nationaledition_guard();
DROP TRIGGER gateway_edition_guard ON gateway_operation;
DROP FUNCTION gateway_edition_guard();
"""


class Migration(migrations.Migration):
    """Provinces' editions of the national interface; every request says in which it was made."""

    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0004_console"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="operation",
            name="edition",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="接口版本"),
        ),
        migrations.CreateModel(
            name="NationalEdition",
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
                ("province", models.CharField(max_length=20, verbose_name="省份")),
                ("version", models.CharField(max_length=40, verbose_name="版本")),
                ("content", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("is_current", models.BooleanField(default=False, verbose_name="启用")),
                ("was_used", models.BooleanField(default=False, verbose_name="启用过")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="导入人（显示）")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="导入时间"),
                ),
                ("used_as", models.CharField(blank=True, max_length=100, verbose_name="启用人（显示）")),
                ("used_at", models.DateTimeField(null=True, verbose_name="启用时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
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
            ],
            options={
                "verbose_name": "省级接口版本",
                "verbose_name_plural": "省级接口版本",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "digest"), name="gateway_edition_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("institution", "environment"),
                        name="gateway_edition_one_current",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
