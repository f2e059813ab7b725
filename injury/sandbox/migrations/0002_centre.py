from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("injury_sandbox", "0001_sessions")]
    operations = []
