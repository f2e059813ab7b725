import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0003_password")]
    operations = [
        migrations.CreateModel(
            name="OperatorShift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operator", models.CharField(max_length=20)),
                ("sign_no", models.CharField(max_length=30)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sandbox.party")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "sign_no"), name="operator_sign_no_once")]
            },
        ),
        migrations.CreateModel(
            name="CheckMedium",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("infno", models.CharField(max_length=10)),
                ("medium", models.CharField(max_length=100)),
                ("used", models.JSONField(default=list)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sandbox.party")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("party", "medium"), name="check_medium_once")]},
        ),
    ]
