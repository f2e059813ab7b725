from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clearing", "0006_history")]

    operations = []
