from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clearing", "0003_months")]

    operations = []
