from django.db import migrations, models


class Migration(migrations.Migration):
    """One live operation a business object in each environment: a doubt in the test environment blocks no real work."""

    dependencies = [
        ("gateway", "0001_journal"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="operation", name="gateway_operation_one_live"),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["draft", "approved", "queued", "sending", "in_doubt", "resolving", "reversing", "manual"],
                    )
                ),
                fields=("institution", "environment", "kind", "business_key"),
                name="gateway_operation_one_live",
            ),
        ),
    ]
