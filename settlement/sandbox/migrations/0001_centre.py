import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("sandbox", "0003_password"),
    ]

    operations = [
        migrations.CreateModel(
            name="Centre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("versions", models.JSONField(default=dict)),
                ("vouchers", models.IntegerField(default=0)),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("filename", models.CharField(max_length=200)),
                ("infno", models.CharField(blank=True, max_length=10)),
                ("version", models.IntegerField(default=0)),
                ("content", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Insured",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("psn_no", models.CharField(max_length=30, unique=True)),
                ("psn_name", models.CharField(max_length=50)),
                ("psn_cert_type", models.CharField(max_length=6)),
                ("certno", models.CharField(db_index=True, max_length=50)),
                ("gend", models.CharField(max_length=1)),
                ("brdy", models.DateField()),
                ("card_no", models.CharField(max_length=50)),
                ("card_sn", models.CharField(max_length=32)),
                ("tel", models.CharField(blank=True, max_length=50)),
                ("identities", models.JSONField(default=list)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Insurance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insutype", models.CharField(max_length=6)),
                ("psn_type", models.CharField(max_length=6)),
                ("psn_insu_stas", models.CharField(default="1", max_length=6)),
                ("cvlserv_flag", models.CharField(default="0", max_length=1)),
                ("insuplc_admdvs", models.CharField(max_length=6)),
                ("emp_name", models.CharField(blank=True, max_length=200)),
                ("since", models.DateField()),
                ("paused", models.DateField(null=True)),
                ("balance", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ("family_balance", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ("pooled_before", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                (
                    "insured",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insurances",
                        to="settlement_sandbox.insured",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("insured", "insutype"), name="one_insurance_a_type")]
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("transfer", "Transfer"),
                            ("chronic", "Chronic"),
                            ("designated", "Designated"),
                            ("two", "Two Diseases"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("insutype", models.CharField(blank=True, max_length=6)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("begins", models.DateField()),
                ("ends", models.DateField(null=True)),
                ("msgid", models.CharField(blank=True, max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
                (
                    "insured",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filings",
                        to="settlement_sandbox.insured",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family", models.CharField(max_length=10)),
                ("key", models.CharField(max_length=200)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("times", models.IntegerField(default=1)),
                ("size", models.IntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                ("facts", models.JSONField(default=dict)),
                ("msgid", models.CharField(max_length=40)),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "family", "key"), name="upload_once_a_key")]
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mdtrt_id", models.CharField(max_length=30, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("pharmacy", "Pharmacy"), ("outpatient", "Outpatient"), ("inpatient", "Inpatient")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("left", "Left"), ("undone", "Undone")], default="open", max_length=6
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=30)),
                ("med_type", models.CharField(max_length=6)),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField(null=True)),
                ("msgid", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("diagnoses", models.JSONField(default=list)),
                ("leaving", models.JSONField(default=dict)),
                ("left_with", models.JSONField(default=list)),
                ("opter", models.CharField(blank=True, max_length=80)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "insurance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="settlement_sandbox.insurance"
                    ),
                ),
                (
                    "insured",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
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
                "indexes": [
                    models.Index(fields=["party", "kind", "state"], name="settlement__party_i_1225e8_idx"),
                    models.Index(fields=["party", "number"], name="settlement__party_i_c0e494_idx"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("setl_id", models.CharField(max_length=30, unique=True)),
                ("msgid", models.CharField(db_index=True, max_length=40)),
                ("infno", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("live", "Live"), ("undone", "Undone"), ("reversed", "Reversed")],
                        default="live",
                        max_length=8,
                    ),
                ),
                ("batch", models.CharField(blank=True, max_length=30)),
                ("is_interim", models.BooleanField(default=False)),
                ("year", models.IntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("settled_at", models.DateTimeField()),
                ("undo_setl_id", models.CharField(blank=True, max_length=30)),
                ("undone_at", models.DateTimeField(null=True)),
                ("balance", models.DecimalField(decimal_places=2, max_digits=16)),
                ("medfee_sumamt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("fulamt_ownpay_amt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("overlmt_selfpay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("preselfpay_amt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("inscp_scp_amt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("act_pay_dedc", models.DecimalField(decimal_places=2, max_digits=16)),
                ("pool_prop_selfpay", models.DecimalField(decimal_places=4, max_digits=5)),
                ("hifp_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("cvlserv_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("hifob_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("hifmi_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("maf_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("fund_pay_sumamt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("psn_part_amt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("hosp_part_amt", models.DecimalField(decimal_places=2, max_digits=16)),
                ("acct_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("acct_mulaid_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("psn_cash_pay", models.DecimalField(decimal_places=2, max_digits=16)),
                ("shares", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="settlements",
                        to="settlement_sandbox.visit",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["visit", "state"], name="settlement__visit_i_c6926a_idx")]},
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feedetl_sn", models.CharField(max_length=30)),
                ("batch", models.CharField(blank=True, max_length=30)),
                ("dise_codg", models.CharField(blank=True, max_length=30)),
                ("med_list_codg", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("cnt", models.DecimalField(decimal_places=4, max_digits=16)),
                ("pric", models.DecimalField(decimal_places=6, max_digits=16)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                ("own", models.DecimalField(decimal_places=2, max_digits=16)),
                ("over", models.DecimalField(decimal_places=2, max_digits=16)),
                ("first", models.DecimalField(decimal_places=2, max_digits=16)),
                ("in_scope", models.DecimalField(decimal_places=2, max_digits=16)),
                ("price_limit", models.DecimalField(decimal_places=6, max_digits=16)),
                ("selfpay_prop", models.DecimalField(decimal_places=4, max_digits=5)),
                ("list_type", models.CharField(max_length=6)),
                ("chrgitm_lv", models.CharField(max_length=3)),
                ("med_chrgitm_type", models.CharField(max_length=6)),
                ("refunds", models.CharField(blank=True, max_length=30)),
                ("facts", models.JSONField(default=dict)),
                (
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="lines",
                        to="settlement_sandbox.settlement",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="settlement_sandbox.visit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("visit", "feedetl_sn"), name="line_once_a_visit")]
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=50, unique=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("spent_on", models.CharField(blank=True, max_length=10)),
                (
                    "insured",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vouchers",
                        to="settlement_sandbox.insured",
                    ),
                ),
            ],
        ),
    ]
