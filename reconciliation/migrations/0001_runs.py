from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0006_signing"),
        ("ledger", "0001_entries"),
    ]

    operations = []
