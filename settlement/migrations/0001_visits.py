from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0002_accounts"), ("gateway", "0006_signing")]
    operations = []
