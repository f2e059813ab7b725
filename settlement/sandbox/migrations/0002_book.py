from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("settlement_sandbox", "0001_centre"),
    ]

    operations = []
