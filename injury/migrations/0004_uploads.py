from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("injury", "0003_fees")]
    operations = []
