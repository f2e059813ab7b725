from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("sandbox", "0003_password")]
    operations = []
