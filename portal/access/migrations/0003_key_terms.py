from django.db import migrations, models

import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="institutionkey",
            name="per_minute",
            field=models.PositiveIntegerField(default=600, verbose_name="每分钟请求数"),
        ),
        migrations.AddField(
            model_name="institutionkey",
            name="signing",
            field=portal.vault.fields.SealedField(null=True, verbose_name="签名密钥"),
        ),
        migrations.AddField(
            model_name="institutionkey",
            name="minute",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="institutionkey",
            name="calls",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
