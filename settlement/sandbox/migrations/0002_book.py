import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement_sandbox", "0001_centre"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="ready_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="BookForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layout", models.CharField(blank=True, max_length=20)),
                ("seconds", models.FloatField(default=0)),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Applied",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7)),
                ("insutype", models.CharField(max_length=6)),
                ("clr_type", models.CharField(max_length=6)),
                ("setl_optins", models.CharField(max_length=6)),
                ("times", models.IntegerField(default=1)),
                ("msgid", models.CharField(max_length=40)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("party", "month", "insutype", "clr_type", "setl_optins"), name="applied_once_a_scope"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_refund", models.BooleanField(default=False)),
                ("setl_id", models.CharField(max_length=30)),
                ("mdtrt_id", models.CharField(max_length=30)),
                ("psn_no", models.CharField(max_length=30)),
                ("msgid", models.CharField(blank=True, max_length=40)),
                ("insutype", models.CharField(max_length=6)),
                ("clr_type", models.CharField(max_length=6)),
                ("setl_optins", models.CharField(max_length=6)),
                ("at", models.DateTimeField()),
                ("medfee_sumamt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("fund_pay_sumamt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("acct_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("cash_payamt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("refunds", models.CharField(blank=True, max_length=30)),
                ("is_hidden", models.BooleanField(default=False)),
                ("fault", models.CharField(blank=True, max_length=20)),
                ("before", models.JSONField(default=dict)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="settlement_sandbox.settlement",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["party", "at"], name="settlement__party_i_c69898_idx"),
                    models.Index(fields=["party", "setl_id"], name="settlement__party_i_ec01e2_idx"),
                ],
            },
        ),
    ]
