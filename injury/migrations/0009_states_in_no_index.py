"""Fee items change their state without touching an index; a page keeps room for the next version of its rows."""

from django.db import migrations, models

ROOM = "ALTER TABLE injury_feeitem SET (fillfactor = 60)"
NO_ROOM = "ALTER TABLE injury_feeitem RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("injury", "0008_lean_fee_tables")]

    operations = [
        migrations.RemoveIndex("feeitem", "fee_by_admission"),
        migrations.RemoveIndex("feeitem", "fee_by_state"),
        migrations.AddIndex(
            "feeitem",
            models.Index(fields=["institution", "admission", "prescribed_on", "id"], name="fee_by_admission"),
        ),
        migrations.AddIndex(
            "feeitem",
            models.Index(
                condition=models.Q(("held_kind", ""), _negated=True),
                fields=["institution", "environment", "id"],
                name="fee_held",
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
