from django.db import migrations, models

import portal.vault.fields

# One number after the other, whoever asks: the function runs as the owner, so the sequence itself is granted to nobody.
NUMBERS = """
CREATE SEQUENCE app.message_number AS integer MINVALUE 0 MAXVALUE 9999 CYCLE;
CREATE FUNCTION app.next_message_number() RETURNS integer LANGUAGE sql SECURITY DEFINER
    SET search_path = app, pg_temp AS $$ SELECT nextval('app.message_number')::integer $$;
"""
NO_NUMBERS = "DROP FUNCTION app.next_message_number(); DROP SEQUENCE app.message_number;"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.AddField(
            model_name="channel",
            name="host_address",
            field=models.CharField(blank=True, default="", max_length=45, verbose_name="域名绑定的 IP"),
        ),
        migrations.AddField(
            model_name="channel",
            name="medins_code",
            field=models.CharField(blank=True, default="", max_length=12, verbose_name="定点医药机构编号"),
        ),
        migrations.AddField(
            model_name="channel",
            name="medins_name",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="定点医药机构名称"),
        ),
        migrations.AddField(
            model_name="channel",
            name="password",
            field=portal.vault.fields.SealedField(null=True, verbose_name="接口密码"),
        ),
        migrations.AddField(
            model_name="channel",
            name="secret_key",
            field=portal.vault.fields.SealedField(null=True, verbose_name="接口密钥"),
        ),
        migrations.AddField(
            model_name="channel",
            name="user_name",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="接口用户名"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="app_code",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="appCode（调用方标识）"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="iv",
            field=portal.vault.fields.SealedField(null=True, verbose_name="SM4 加密 IV"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="private_key",
            field=portal.vault.fields.SealedField(null=True, verbose_name="调用方 SM2 私钥"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="provider_public_key",
            field=portal.vault.fields.SealedField(null=True, verbose_name="服务提供方 SM2 公钥"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="public_key",
            field=portal.vault.fields.SealedField(null=True, verbose_name="调用方 SM2 公钥"),
        ),
    ]
