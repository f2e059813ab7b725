import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0004_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Catalogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6, verbose_name="医保区划")),
                ("host", models.CharField(max_length=200, verbose_name="中心地址")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="版本号")),
                ("edition", models.PositiveIntegerField(default=0, verbose_name="版次")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="有效条数")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="最近更新")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="最近核对")),
                ("holder", models.UUIDField(editable=False, null=True, verbose_name="下载任务")),
                ("held_until", models.DateTimeField(editable=False, null=True, verbose_name="下载占用至")),
            ],
            options={
                "verbose_name": "医保目录",
                "verbose_name_plural": "医保目录",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "host", "environment", "number"), name="one_catalogue_a_region"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionCodes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6, verbose_name="医保区划")),
                ("host", models.CharField(max_length=200, verbose_name="中心地址")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="字典类型")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="版本号")),
                ("valid_on", models.DateField(verbose_name="查询日期")),
                ("entries", models.JSONField(default=list, verbose_name="字典")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="中心多出")),
                ("missing", models.PositiveIntegerField(default=0, verbose_name="中心没有")),
                ("renamed", models.PositiveIntegerField(default=0, verbose_name="名称不同")),
                ("asked_at", models.DateTimeField(auto_now=True, verbose_name="获取时间")),
            ],
            options={
                "verbose_name": "中心字典",
                "verbose_name_plural": "中心字典",
                "ordering": ["kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "host", "environment", "kind"), name="one_dictionary_a_region"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueArrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_collation="C", max_length=100, verbose_name="主键")),
                ("code", models.CharField(db_collation="C", max_length=100, verbose_name="编码")),
                ("name", models.CharField(max_length=500, verbose_name="名称")),
                ("words", models.CharField(blank=True, max_length=1500, verbose_name="检索词")),
                ("initials", models.CharField(blank=True, max_length=500, verbose_name="拼音首字母")),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索片段"
                    ),
                ),
                ("spec", models.CharField(blank=True, max_length=300, verbose_name="规格")),
                ("unit", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                ("maker", models.CharField(blank=True, max_length=300, verbose_name="生产企业")),
                ("grade", models.CharField(blank=True, max_length=6, verbose_name="收费项目等级")),
                ("is_valid", models.BooleanField(default=True, verbose_name="有效")),
                ("begins_on", models.DateField(null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(null=True, verbose_name="结束日期")),
                ("digest", models.UUIDField(editable=False, verbose_name="摘要")),
                ("line", models.TextField(blank=True, verbose_name="原文")),
                ("place", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.catalogue",
                        verbose_name="目录",
                    ),
                ),
            ],
            options={
                "verbose_name": "待入库目录条目",
                "verbose_name_plural": "待入库目录条目",
                "ordering": ["place"],
                "indexes": [models.Index(fields=["catalogue", "key", "place"], name="arrival_by_key")],
            },
        ),
        migrations.CreateModel(
            name="CatalogueEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.PositiveIntegerField(verbose_name="版次")),
                ("version", models.CharField(max_length=40, verbose_name="版本号")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="版本名称")),
                ("columns", models.JSONField(default=list, verbose_name="列")),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                ("arrived", models.PositiveIntegerField(default=0, verbose_name="文件条数")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="变更")),
                ("ended", models.PositiveIntegerField(default=0, verbose_name="停用")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="有效条数")),
                ("taken_at", models.DateTimeField(auto_now_add=True, verbose_name="下载时间")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="settlement.catalogue",
                        verbose_name="目录",
                    ),
                ),
            ],
            options={
                "verbose_name": "目录版本",
                "verbose_name_plural": "目录版本",
                "ordering": ["-edition"],
                "constraints": [
                    models.UniqueConstraint(fields=("catalogue", "edition"), name="one_edition_of_a_catalogue")
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_collation="C", max_length=100, verbose_name="主键")),
                ("code", models.CharField(db_collation="C", max_length=100, verbose_name="编码")),
                ("name", models.CharField(max_length=500, verbose_name="名称")),
                ("words", models.CharField(blank=True, max_length=1500, verbose_name="检索词")),
                ("initials", models.CharField(blank=True, max_length=500, verbose_name="拼音首字母")),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索片段"
                    ),
                ),
                ("spec", models.CharField(blank=True, max_length=300, verbose_name="规格")),
                ("unit", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                ("maker", models.CharField(blank=True, max_length=300, verbose_name="生产企业")),
                ("grade", models.CharField(blank=True, max_length=6, verbose_name="收费项目等级")),
                ("is_valid", models.BooleanField(default=True, verbose_name="有效")),
                ("begins_on", models.DateField(null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(null=True, verbose_name="结束日期")),
                ("digest", models.UUIDField(editable=False, verbose_name="摘要")),
                ("line", models.TextField(blank=True, verbose_name="原文")),
                ("since", models.PositiveIntegerField(verbose_name="起始版次")),
                ("replaced_in", models.PositiveIntegerField(null=True, verbose_name="被替换版次")),
                (
                    "change",
                    models.CharField(
                        choices=[("added", "新增"), ("changed", "变更"), ("ended", "停用")],
                        max_length=7,
                        verbose_name="变化",
                    ),
                ),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.catalogue",
                        verbose_name="目录",
                    ),
                ),
            ],
            options={
                "verbose_name": "目录条目",
                "verbose_name_plural": "目录条目",
                "ordering": ["code", "id"],
                "indexes": [
                    models.Index(fields=["code", "id"], name="entry_by_code"),
                    models.Index(fields=["catalogue", "key", "since"], name="entry_by_key"),
                    models.Index(fields=["catalogue", "since", "code"], name="entry_by_edition"),
                    django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="entry_by_grams"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_in__isnull", True)),
                        fields=("catalogue", "key"),
                        name="one_newest_entry_a_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueRefresh",
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
                ("is_on", models.BooleanField(default=False, verbose_name="每天自动更新")),
                ("at", models.TimeField(verbose_name="更新时刻")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次更新")),
                ("last_at", models.DateTimeField(null=True, verbose_name="上次更新")),
                ("changed_as", models.CharField(blank=True, max_length=100, verbose_name="设置人")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="设置时间")),
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
                "verbose_name": "目录自动更新",
                "verbose_name_plural": "目录自动更新",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment"), name="one_catalogue_refresh")
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
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
                ("number", models.CharField(max_length=6, verbose_name="交易编号")),
                ("title", models.CharField(max_length=100, verbose_name="查询")),
                ("label", models.CharField(blank=True, max_length=300, verbose_name="条件（遮盖）")),
                ("params", portal.vault.fields.SealedJson(verbose_name="查询条件")),
                (
                    "params_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="params", verbose_name="查询条件索引"
                    ),
                ),
                ("answer", portal.vault.fields.SealedJson(null=True, verbose_name="答复")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "查询中"),
                            ("answered", "已答复"),
                            ("refused", "被接口拒绝"),
                            ("doubtful", "没有得到答复"),
                        ],
                        default="asking",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="结果代码")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="查询人（显示）")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="查询时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查询人",
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
                "verbose_name": "医保查询",
                "verbose_name_plural": "医保查询",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-asked_at"], name="settlement_enquiry_recent"),
                    models.Index(
                        fields=["institution", "environment", "number", "-asked_at"], name="settlement_enquiry_kind"
                    ),
                ],
            },
        ),
    ]
