from django.db import migrations

from portal.gateway.migrations._declined import AFTER, BEFORE


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0006_signing"),
    ]

    operations = [
        migrations.RunSQL(AFTER, BEFORE),
    ]
