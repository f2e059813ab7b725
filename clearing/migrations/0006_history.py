import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("clearing", "0005_printed"),
        ("gateway", "0001_journal"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="audited_at",
            field=models.DateTimeField(null=True, verbose_name="审核通过时间"),
        ),
        migrations.CreateModel(
            name="FetchSnapshot",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="清算年份")),
                ("insurance", models.CharField(max_length=3, verbose_name="险种")),
                ("agency", models.CharField(blank=True, max_length=3, verbose_name="清算机构")),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="完成时间")),
                ("complete", models.BooleanField(default=True, verbose_name="完整")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("added", models.PositiveIntegerField(verbose_name="新增")),
                ("changed", models.PositiveIntegerField(verbose_name="变动")),
                ("gone", models.PositiveIntegerField(verbose_name="消失")),
                ("agencies", models.JSONField(default=dict, verbose_name="各清算机构合计")),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="clearing.generation", verbose_name="批次"
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
            ],
            options={
                "verbose_name": "获取记录",
                "verbose_name_plural": "获取记录",
                "ordering": ["-finished_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["institution", "environment", "year", "insurance", "-finished_at"],
                        name="snapshot_by_scope",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RowChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fetched", "首次获取"),
                            ("returned", "重新出现"),
                            ("figure", "数据变动"),
                            ("gone", "中心已无"),
                            ("found", "发现差异"),
                            ("cleared", "差异消失"),
                            ("accepted", "接受差异"),
                            ("lapsed", "接受失效"),
                            ("verified", "核对"),
                            ("unverified", "撤销核对"),
                            ("applied", "申请"),
                            ("approved", "审核通过"),
                            ("cancelled", "撤销申请"),
                            ("revoked", "撤销生成"),
                            ("undone", "未生效"),
                        ],
                        max_length=10,
                        verbose_name="变动",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=40, verbose_name="字段")),
                ("before", models.CharField(blank=True, max_length=200, verbose_name="原值")),
                ("after", models.CharField(blank=True, max_length=200, verbose_name="新值")),
                ("who", models.CharField(blank=True, max_length=200, verbose_name="办理人")),
                ("reason", models.CharField(blank=True, max_length=400, verbose_name="说明")),
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
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="操作",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clearing.clearingrow",
                        verbose_name="清算数据",
                    ),
                ),
            ],
            options={
                "verbose_name": "清算数据变动",
                "verbose_name_plural": "清算数据变动",
                "ordering": ["at", "id"],
                "indexes": [
                    models.Index(fields=["institution", "row", "at"], name="change_of_row"),
                    models.Index(
                        condition=models.Q(("kind__in", ["figure", "fetched", "returned", "gone", "revoked"])),
                        fields=["institution", "at"],
                        name="change_between_fetches",
                    ),
                ],
            },
        ),
    ]
