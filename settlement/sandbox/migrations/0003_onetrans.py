import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement_sandbox", "0002_book"),
    ]

    operations = [
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_no", models.CharField(max_length=30, unique=True)),
                ("mdtrt_id", models.CharField(max_length=30)),
                ("psn_no", models.CharField(blank=True, max_length=30)),
                ("certno", models.CharField(max_length=20)),
                ("insutype", models.CharField(blank=True, max_length=6)),
                ("total", models.DecimalField(decimal_places=2, max_digits=16)),
                ("fund", models.DecimalField(decimal_places=2, max_digits=16)),
                ("account", models.DecimalField(decimal_places=2, max_digits=16)),
                ("cash", models.DecimalField(decimal_places=2, max_digits=16)),
                ("is_cancelled", models.BooleanField(default=False)),
                ("msgid", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("patient", models.CharField(max_length=32)),
                ("account_type", models.CharField(max_length=2)),
                ("balance", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("party", "patient", "account_type"), name="one_purse_a_patient")
                ]
            },
        ),
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("social", "社保卡"),
                            ("identity", "身份证"),
                            ("code", "医保电子凭证"),
                            ("health", "电子健康卡"),
                            ("", "没有卡"),
                        ],
                        default="social",
                        max_length=8,
                    ),
                ),
                ("pin", models.CharField(default="right", max_length=8)),
                ("changed_pins", models.IntegerField(default=0)),
                ("bills", models.JSONField(default=dict)),
                (
                    "insured",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="settlement_sandbox.insured",
                    ),
                ),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hop.trade.recharge", "充值"), ("hop.trade.refund", "退款")], max_length=20
                    ),
                ),
                ("number", models.CharField(max_length=32)),
                ("trace_no", models.CharField(max_length=32, unique=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                ("result", models.CharField(max_length=10)),
                ("way", models.CharField(blank=True, max_length=32)),
                ("asked", models.IntegerField(default=0)),
                ("msgid", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "original",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="settlement_sandbox.trade",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
                (
                    "purse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="settlement_sandbox.purse"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["party", "kind", "number"], name="settlement__party_i_f30c22_idx")]
            },
        ),
        migrations.CreateModel(
            name="Permission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32)),
                ("status", models.CharField(default="ing", max_length=8)),
                ("asked", models.IntegerField(default=0)),
                (
                    "insured",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="settlement_sandbox.insured",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "number"), name="one_permission_a_number")],
            },
        ),
    ]
