from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clearing", "0002_open_findings")]

    operations = []
