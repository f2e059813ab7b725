import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("api", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedNonce",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=8, verbose_name="密钥开头")),
                ("nonce", models.CharField(max_length=64, verbose_name="随机数")),
                (
                    "used_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "已用的随机数",
                "verbose_name_plural": "已用的随机数",
                "ordering": ["-used_at"],
                "indexes": [models.Index(fields=["institution", "used_at"], name="api_nonce_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "key", "nonce"), name="one_use_a_nonce")
                ],
            },
        ),
    ]
