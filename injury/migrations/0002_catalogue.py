import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("injury", "0001_admission"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErrorCode",
            fields=[
                ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="序号")),
                ("section", models.CharField(max_length=60, verbose_name="所属接口")),
                ("code", models.CharField(db_index=True, max_length=10, verbose_name="错误代码")),
                ("mark", models.CharField(blank=True, max_length=12, verbose_name="原文编号")),
                ("text", models.CharField(max_length=300, verbose_name="接口说明")),
                ("initials", models.CharField(blank=True, editable=False, max_length=300, verbose_name="拼音首字母")),
                ("next_step", models.CharField(blank=True, max_length=300, verbose_name="下一步")),
                ("definite", models.BooleanField(verbose_name="可断定没有办理")),
            ],
            options={
                "verbose_name": "工伤接口错误代码",
                "verbose_name_plural": "工伤接口错误代码",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="CatalogueFile",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("catalogue", "中心目录"), ("mappings", "目录对照")],
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "读取中"),
                            ("faulty", "有错误"),
                            ("preview", "待确认"),
                            ("used", "已导入"),
                            ("dropped", "已放弃"),
                        ],
                        default="reading",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("content", models.BinaryField(null=True, verbose_name="文件内容")),
                ("is_complete", models.BooleanField(default=False, verbose_name="完整目录")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("counts", models.JSONField(default=dict, verbose_name="预览")),
                ("faults", models.JSONField(default=list, verbose_name="错误")),
                ("fault_count", models.PositiveIntegerField(default=0, verbose_name="错误数")),
                ("uploaded_as", models.CharField(blank=True, max_length=100, verbose_name="导入人（显示）")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("used_as", models.CharField(blank=True, max_length=100, verbose_name="确认人（显示）")),
                ("used_at", models.DateTimeField(null=True, verbose_name="导入时间")),
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
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "目录文件",
                "verbose_name_plural": "目录文件",
                "ordering": ["-uploaded_at"],
                "indexes": [
                    models.Index(
                        fields=["institution", "environment", "kind", "-uploaded_at"], name="catalogue_file_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="中心编码")),
                ("name", models.CharField(max_length=100, verbose_name="中心名称")),
                ("initials", models.CharField(blank=True, editable=False, max_length=100, verbose_name="拼音首字母")),
                ("kind", models.CharField(max_length=3, verbose_name="种类")),
                ("category", models.CharField(max_length=5, verbose_name="收费类别")),
                ("grade", models.CharField(max_length=3, verbose_name="收费项目等级")),
                ("version", models.CharField(max_length=30, verbose_name="目录版本号")),
                (
                    "price_limit",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="限价"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("dosage_form", models.CharField(blank=True, max_length=50, verbose_name="剂型")),
                ("specification", models.CharField(blank=True, max_length=100, verbose_name="规格")),
                ("maker", models.CharField(blank=True, max_length=100, verbose_name="厂家")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "测试环境"), ("production", "正式环境")],
                        editable=False,
                        max_length=10,
                        verbose_name="运行环境",
                    ),
                ),
                ("replaced_on", models.DateField(blank=True, null=True, verbose_name="被新版本替换日期")),
                ("gone_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("imported_at", models.DateTimeField(auto_now_add=True, verbose_name="导入时间")),
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
                "verbose_name": "中心目录",
                "verbose_name_plural": "中心目录",
                "ordering": ["code", "-imported_at"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "kind", "code"], name="catalogue_by_kind"),
                    models.Index(fields=["institution", "environment", "initials"], name="catalogue_by_initials"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "code", "version"), name="one_catalogue_item_a_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_on__isnull", True)),
                        fields=("institution", "environment", "code"),
                        name="one_newest_catalogue_item",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="中心编码")),
                ("name", models.CharField(max_length=100, verbose_name="中心名称")),
                ("initials", models.CharField(blank=True, editable=False, max_length=100, verbose_name="拼音首字母")),
                ("kind", models.CharField(max_length=3, verbose_name="种类")),
                ("category", models.CharField(max_length=5, verbose_name="收费类别")),
                ("grade", models.CharField(max_length=3, verbose_name="收费项目等级")),
                ("version", models.CharField(max_length=30, verbose_name="目录版本号")),
                (
                    "price_limit",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="限价"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("dosage_form", models.CharField(blank=True, max_length=50, verbose_name="剂型")),
                ("specification", models.CharField(blank=True, max_length=100, verbose_name="规格")),
                ("maker", models.CharField(blank=True, max_length=100, verbose_name="厂家")),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("new", "新增"),
                            ("version", "新版本"),
                            ("changed", "内容变化"),
                            ("same", "无变化"),
                            ("older", "旧版本（不导入）"),
                        ],
                        default="new",
                        max_length=7,
                        verbose_name="比对",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="injury.cataloguefile",
                        verbose_name="文件",
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
                "verbose_name": "中心目录文件的行",
                "verbose_name_plural": "中心目录文件的行",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["institution", "file", "finding", "number"], name="catalogue_line_by_finding"),
                    models.Index(fields=["institution", "file", "code", "version"], name="catalogue_line_by_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mapping",
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
                ("kind", models.CharField(max_length=3, verbose_name="种类")),
                ("own_code", models.CharField(max_length=30, verbose_name="医院内码")),
                ("own_name", models.CharField(max_length=100, verbose_name="医院项目名称")),
                (
                    "own_initials",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="拼音首字母"),
                ),
                (
                    "own_price",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="医院单价"
                    ),
                ),
                ("specification", models.CharField(blank=True, max_length=50, verbose_name="规格")),
                ("centre_code", models.CharField(max_length=20, verbose_name="中心编码")),
                ("version", models.CharField(blank=True, max_length=30, verbose_name="目录版本号")),
                ("category", models.CharField(blank=True, max_length=5, verbose_name="收费类别")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="对照生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="对照失效日期")),
                ("mapped_as", models.CharField(blank=True, max_length=100, verbose_name="对照人（显示）")),
                ("mapped_at", models.DateTimeField(verbose_name="对照时间")),
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="injury.catalogueitem",
                        verbose_name="中心目录项目",
                    ),
                ),
                (
                    "mapped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="对照人",
                    ),
                ),
            ],
            options={
                "verbose_name": "目录对照",
                "verbose_name_plural": "目录对照",
                "ordering": ["kind", "own_code"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "centre_code"], name="mapping_by_centre_code"),
                    models.Index(fields=["institution", "environment", "own_initials"], name="mapping_by_initials"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "own_code", "kind"), name="one_mapping_an_own_item"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("item__isnull", False),
                            ("centre_code__in", ["SZFYP999", "SZFZL999", "SZFCL999"]),
                            _connector="OR",
                        ),
                        name="mapped_or_outside",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MappingLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.access.rows.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                ("kind", models.CharField(max_length=3, verbose_name="种类")),
                ("own_code", models.CharField(max_length=30, verbose_name="医院内码")),
                ("own_name", models.CharField(max_length=100, verbose_name="医院项目名称")),
                (
                    "own_initials",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="拼音首字母"),
                ),
                ("own_price", models.DecimalField(decimal_places=6, max_digits=18, null=True, verbose_name="医院单价")),
                ("specification", models.CharField(blank=True, max_length=50, verbose_name="规格")),
                ("centre_code", models.CharField(max_length=20, verbose_name="中心编码")),
                ("version", models.CharField(blank=True, max_length=30, verbose_name="目录版本号")),
                ("category", models.CharField(blank=True, max_length=5, verbose_name="收费类别")),
                ("valid_from", models.DateField(null=True, verbose_name="对照生效日期")),
                ("valid_to", models.DateField(null=True, verbose_name="对照失效日期")),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("new", "新增"),
                            ("version", "新版本"),
                            ("changed", "内容变化"),
                            ("same", "无变化"),
                            ("older", "旧版本（不导入）"),
                        ],
                        default="new",
                        max_length=7,
                        verbose_name="比对",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mapping_lines",
                        to="injury.cataloguefile",
                        verbose_name="文件",
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
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="injury.catalogueitem",
                        verbose_name="中心目录项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "目录对照文件的行",
                "verbose_name_plural": "目录对照文件的行",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["institution", "file", "finding", "number"], name="mapping_line_by_finding")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "file", "own_code", "kind"), name="one_mapping_line_an_item"
                    )
                ],
            },
        ),
    ]
