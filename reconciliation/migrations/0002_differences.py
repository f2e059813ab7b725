from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0001_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="TheirRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="次数")),
                ("line", models.PositiveIntegerField(default=0, verbose_name="行号")),
                ("setl_id", models.CharField(blank=True, max_length=40, verbose_name="结算ID")),
                ("mdtrt_id", models.CharField(blank=True, max_length=40, verbose_name="就诊ID")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="结算单号")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("person_no", portal.vault.fields.SealedField(null=True, verbose_name="人员编号")),
                ("person", models.CharField(blank=True, max_length=60, verbose_name="人员（遮盖）")),
                ("insutype", models.CharField(blank=True, max_length=6, verbose_name="险种")),
                ("clr_type", models.CharField(blank=True, max_length=6, verbose_name="清算类别")),
                ("clr_optins", models.CharField(blank=True, max_length=20, verbose_name="结算经办机构")),
                ("is_refund", models.BooleanField(default=False, verbose_name="退费")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="结算时间")),
                ("total", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="医疗费总额")),
                ("fund", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="基金支付")),
                ("account", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人账户")),
                ("cash", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="现金支付")),
                ("verdict", models.CharField(blank=True, max_length=20, verbose_name="对账结果")),
                ("memo", models.CharField(blank=True, max_length=500, verbose_name="备注")),
                ("raw", portal.vault.fields.SealedField(null=True, verbose_name="原始记录")),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=portal.access.door.required_institution,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="their_rows",
                        to="reconciliation.run",
                        verbose_name="对账",
                    ),
                ),
            ],
            options={
                "verbose_name": "中心记录",
                "verbose_name_plural": "中心记录",
                "ordering": ["run", "line"],
                "indexes": [models.Index(fields=["institution", "run", "line"], name="their_row_of_run")],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("family", models.CharField(max_length=20, verbose_name="接口")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("only_ours", "本机构有、中心无"),
                            ("only_theirs", "中心有、本机构无"),
                            ("amount", "金额不一致"),
                            ("refund_one_side", "单边退费"),
                            ("twice", "重复"),
                            ("pending", "办理中"),
                            ("doubtful", "结果待确认"),
                            ("over_midnight", "日期不同"),
                            ("other_scope", "险种或清算类别不同"),
                            ("unreadable", "中心记录无法对应"),
                        ],
                        max_length=15,
                        verbose_name="差异类型",
                    ),
                ),
                ("fingerprint", models.CharField(editable=False, max_length=80, verbose_name="标识")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="结算单号")),
                ("setl_id", models.CharField(blank=True, max_length=40, verbose_name="结算ID")),
                ("mdtrt_id", models.CharField(blank=True, max_length=40, verbose_name="就诊ID")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("about", models.CharField(blank=True, max_length=60, verbose_name="就诊号")),
                ("person", models.CharField(blank=True, max_length=60, verbose_name="人员（遮盖）")),
                ("insutype", models.CharField(blank=True, max_length=6, verbose_name="险种")),
                ("clr_type", models.CharField(blank=True, max_length=6, verbose_name="清算类别")),
                ("clr_optins", models.CharField(blank=True, max_length=20, verbose_name="结算经办机构")),
                ("day", models.DateField(verbose_name="结算日期")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="结算时间")),
                ("is_refund", models.BooleanField(default=False, verbose_name="退费")),
                (
                    "ours_total",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="本机构总额"),
                ),
                (
                    "theirs_total",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="中心总额"),
                ),
                ("field", models.CharField(blank=True, max_length=20, verbose_name="不一致的项目")),
                ("ours", models.CharField(blank=True, max_length=200, verbose_name="本机构")),
                ("theirs", models.CharField(blank=True, max_length=200, verbose_name="中心")),
                ("difference", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="差额")),
                ("fields", models.JSONField(default=list, verbose_name="不一致的全部项目")),
                (
                    "total_gap",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="总额差"
                    ),
                ),
                (
                    "fund_gap",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="基金差"
                    ),
                ),
                (
                    "account_gap",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="个人账户差"
                    ),
                ),
                (
                    "proposal",
                    models.CharField(
                        choices=[
                            ("adopt", "以中心为准"),
                            ("reverse", "撤销（冲正）"),
                            ("resend", "重新发送"),
                            ("wait", "等待"),
                            ("accept", "说明原因后认可"),
                        ],
                        max_length=8,
                        verbose_name="建议",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待处理"), ("proposed", "待复核"), ("decided", "处理中"), ("done", "已处理")],
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("adopt", "以中心为准"),
                            ("reverse", "已撤销"),
                            ("resend", "已重新发送"),
                            ("accept", "已认可"),
                            ("gone", "再次对账已一致"),
                            ("balanced", "总账已平"),
                        ],
                        max_length=8,
                        verbose_name="处理结果",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="发现时间")),
                ("seen_at", models.DateTimeField(verbose_name="最近发现时间")),
                ("done_at", models.DateTimeField(null=True, verbose_name="处理完成时间")),
                ("assigned_at", models.DateTimeField(null=True, verbose_name="指派时间")),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                        verbose_name="本机构记录",
                    ),
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
                (
                    "last_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.run",
                        verbose_name="最近对账",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences_found",
                        to="reconciliation.run",
                        verbose_name="对账",
                    ),
                ),
                (
                    "their_row",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="reconciliation.theirrow",
                        verbose_name="中心记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "差异",
                "verbose_name_plural": "差异",
                "ordering": ["-found_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-found_at", "-id"], name="difference_newest"),
                    models.Index(
                        fields=["institution", "environment", "state", "-found_at", "-id"], name="difference_by_state"
                    ),
                    models.Index(fields=["institution", "environment", "family", "day"], name="difference_by_day"),
                    models.Index(
                        fields=["institution", "environment", "fingerprint"], name="difference_by_fingerprint"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "proposed", "decided"])),
                        fields=("institution", "environment", "family", "fingerprint"),
                        name="one_live_difference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="done_difference_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="次数")),
                (
                    "total_gap",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="总额差"
                    ),
                ),
                ("seen_at", models.DateTimeField(verbose_name="时间")),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="reconciliation.difference",
                        verbose_name="差异",
                    ),
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
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="reconciliation.run",
                        verbose_name="对账",
                    ),
                ),
            ],
            options={
                "verbose_name": "差异出现记录",
                "verbose_name_plural": "差异出现记录",
                "ordering": ["-seen_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "run", "difference"), name="one_sighting_a_run")
                ],
            },
        ),
    ]
