from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0002_national"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="password",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
    ]
