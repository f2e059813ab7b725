from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("injury_sandbox", "0001_sessions")]

    operations = [
        migrations.CreateModel(
            name="Centre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("trouble", models.JSONField(default=dict)),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=5)),
                ("number", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=20)),
                ("id_no", models.CharField(max_length=18)),
                ("sex", models.CharField(choices=[("1", "男"), ("2", "女")], max_length=1)),
                ("employer", models.CharField(max_length=20)),
                ("card_no", models.CharField(max_length=9)),
                ("card_code", models.CharField(max_length=32)),
                ("qrcode", models.CharField(max_length=22)),
                ("card_state", models.CharField(default="1", max_length=1)),
                ("card_until", models.CharField(max_length=8)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["party", "card_no"], name="injury_sand_party_i_67ad45_idx"),
                    models.Index(fields=["party", "qrcode"], name="injury_sand_party_i_8d2cf6_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("party", "number"), name="injury_person_once"),
                    models.UniqueConstraint(fields=("party", "id_no"), name="injury_identity_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Injury",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alca02", models.CharField(blank=True, max_length=30)),
                ("aab001", models.CharField(max_length=20)),
                ("aab301", models.CharField(max_length=6)),
                ("happened_on", models.DateField()),
                ("part", models.CharField(max_length=50)),
                ("diagnosis", models.CharField(max_length=200)),
                ("place", models.CharField(max_length=200)),
                ("alc021", models.CharField(default="3", max_length=3)),
                ("alc027", models.CharField(default="01", max_length=3)),
                ("alc060", models.CharField(blank=True, max_length=3)),
                ("ala040", models.CharField(blank=True, max_length=3)),
                ("aae116", models.CharField(default="1", max_length=3)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="injuries", to="injury_sandbox.person"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["alca02"], name="injury_sand_alca02_4b8da2_idx")]},
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alc011", models.CharField(max_length=30)),
                ("applied_on", models.DateField()),
                ("aae100", models.CharField(max_length=1)),
                ("aae016", models.CharField(max_length=1)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("ala491", models.CharField(max_length=2)),
                ("diagnosis", models.CharField(max_length=200)),
                ("part", models.CharField(max_length=50)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="filings", to="injury_sandbox.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Published",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
                ("version", models.IntegerField()),
                ("price_limit", models.DecimalField(decimal_places=4, max_digits=10, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("party", "code", "version"), name="injury_version_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20)),
                ("clc004", models.CharField(max_length=2)),
                ("alc029", models.CharField(max_length=1)),
                ("reported_on", models.DateField()),
                ("handled_on", models.DateField()),
                ("reporter", models.CharField(max_length=20)),
                ("first_aid", models.CharField(max_length=100)),
                (
                    "injury",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="injury_sandbox.injury"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("akc190", models.CharField(max_length=30)),
                ("is_cross", models.BooleanField(default=False)),
                ("is_new", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("admitted", "在院"),
                            ("discharged", "已出院"),
                            ("claimed", "已提交结算申请"),
                            ("audited", "经办机构已审核"),
                            ("undone", "已撤销入院"),
                        ],
                        default="admitted",
                        max_length=10,
                    ),
                ),
                ("is_restricted", models.BooleanField(default=False)),
                ("number", models.IntegerField()),
                ("alca02", models.CharField(blank=True, max_length=50)),
                ("aae073", models.CharField(blank=True, max_length=20)),
                ("aka130", models.CharField(max_length=3)),
                ("akc191", models.CharField(max_length=3)),
                ("admitted_on", models.DateField()),
                ("discharged_on", models.DateField(null=True)),
                ("alc028", models.CharField(max_length=200)),
                ("akc196", models.CharField(blank=True, max_length=255)),
                ("akc666", models.CharField(blank=True, max_length=1)),
                ("days", models.IntegerField(default=0)),
                ("approved_total", models.DecimalField(decimal_places=4, max_digits=30, null=True)),
                ("deductions", models.JSONField(default=list)),
                ("detail", models.JSONField(default=dict)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stays", to="injury_sandbox.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "state"], name="injury_sand_person__da05ee_idx"),
                    models.Index(fields=["akc190"], name="injury_sand_akc190_6871b9_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "undone"), _negated=True),
                        fields=("party", "akc190"),
                        name="injury_stay_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("rows", models.IntegerField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=30)),
                ("digest", models.CharField(max_length=32)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="injury_sandbox.stay"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["stay", "digest"], name="injury_sand_stay_id_da90cf_idx")]},
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=50)),
                ("money", models.DecimalField(decimal_places=2, max_digits=16)),
                ("file_format", models.CharField(max_length=4)),
                ("filetype", models.CharField(max_length=3)),
                ("size", models.IntegerField()),
                ("with_discharge", models.BooleanField(default=False)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.party"
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="materials", to="injury_sandbox.stay"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("party", "number"), name="injury_invoice_once")]},
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alc400", models.CharField(max_length=20)),
                ("alc401", models.DateField()),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=100)),
                ("aka063", models.CharField(max_length=5)),
                ("kind", models.CharField(max_length=1)),
                ("version", models.CharField(max_length=10)),
                ("price", models.DecimalField(decimal_places=6, max_digits=18)),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=30)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=30)),
                ("akc515", models.CharField(max_length=30)),
                ("aae080", models.CharField(max_length=50)),
                ("reason", models.CharField(blank=True, max_length=2)),
                ("rejected", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=30)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="injury_sandbox.batch",
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="injury_sandbox.stay",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["stay", "alc400"], name="injury_sand_stay_id_239fa6_idx")]},
        ),
        migrations.CreateModel(
            name="Advice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("aae080", models.CharField(max_length=50)),
                ("content", models.JSONField()),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="advices", to="injury_sandbox.stay"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("stay", "aae080"), name="injury_advice_once")]},
        ),
        migrations.CreateModel(
            name="Treatment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("aae073", models.CharField(db_index=True, max_length=20)),
                ("akc175", models.CharField(max_length=1)),
                ("jxzl", models.CharField(max_length=1)),
                ("ale021", models.CharField(max_length=1)),
                ("applied_on", models.DateField()),
                ("decided_on", models.DateField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("doctor", models.CharField(max_length=20)),
                ("chief", models.CharField(max_length=20)),
                ("opinion", models.CharField(blank=True, max_length=200)),
                ("special_item", models.CharField(blank=True, max_length=100)),
                (
                    "injury",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="treatments",
                        to="injury_sandbox.injury",
                    ),
                ),
            ],
        ),
    ]
