"""Every fee item is written twice more, when it is frozen and when it is uploaded: its page keeps room for a copy."""

from django.db import migrations

ROOM = "ALTER TABLE injury_feeitem SET (fillfactor = 45)"
LESS = "ALTER TABLE injury_feeitem SET (fillfactor = 60)"


class Migration(migrations.Migration):
    dependencies = [("injury", "0010_frozen_items_stay")]

    operations = [migrations.RunSQL(ROOM, LESS)]
