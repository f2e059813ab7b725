from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gateway", "0002_live_in_its_environment")]
    operations = []
