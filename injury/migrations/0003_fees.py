import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows


class Migration(migrations.Migration):
    dependencies = [("injury", "0002_catalogue")]

    operations = [
        migrations.CreateModel(
            name="ArrivalFile",
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
                    "content",
                    models.CharField(
                        choices=[("fees", "费用明细"), ("advices", "医嘱")], max_length=8, verbose_name="内容"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                (
                    "state",
                    models.CharField(
                        choices=[("preview", "待确认"), ("taken", "已导入")],
                        default="preview",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("rows", models.JSONField(default=list, verbose_name="各行")),
                ("numbers", models.JSONField(default=list, verbose_name="行号")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("uploaded_as", models.CharField(blank=True, max_length=100, verbose_name="导入人（显示）")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="导入时间")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrival_files",
                        to="injury.admission",
                        verbose_name="就诊",
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
                "verbose_name": "费用文件",
                "verbose_name_plural": "费用文件",
                "ordering": ["-uploaded_at"],
                "indexes": [
                    models.Index(fields=["institution", "admission", "-uploaded_at"], name="arrival_file_newest")
                ],
            },
        ),
        migrations.AddField(
            model_name="advice",
            name="changed_at",
            field=models.DateTimeField(auto_now=True, verbose_name="更新时间"),
        ),
        migrations.AddField(
            model_name="advice",
            name="source",
            field=models.CharField(
                choices=[("api", "接口"), ("excel", "Excel 导入"), ("page", "页面录入")],
                default="page",
                max_length=5,
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="feeitem",
            name="corrected_at",
            field=models.DateTimeField(null=True, verbose_name="更正时间"),
        ),
        migrations.AddField(
            model_name="feeitem",
            name="digest",
            field=models.CharField(default="", editable=False, max_length=32, verbose_name="内容摘要"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feeitem",
            name="held_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mapping", "目录对照"),
                    ("trace", "缺追溯码"),
                    ("outside", "目录外信息不全"),
                    ("flag", "标识与目录不符"),
                    ("charge", "等待被冲减的收费"),
                    ("refused", "中心拒绝"),
                ],
                max_length=8,
                verbose_name="暂不能上传的类型",
            ),
        ),
        migrations.AddField(
            model_name="feeitem",
            name="own_category",
            field=models.CharField(blank=True, max_length=5, verbose_name="医院收费类别"),
        ),
        migrations.AddField(
            model_name="feeitem",
            name="own_grade",
            field=models.CharField(blank=True, max_length=3, verbose_name="医院项目等级"),
        ),
        migrations.AlterField(
            model_name="feeitem",
            name="amount",
            field=models.DecimalField(decimal_places=4, max_digits=30, verbose_name="金额"),
        ),
        migrations.AlterField(
            model_name="feeitem",
            name="quantity",
            field=models.DecimalField(decimal_places=4, max_digits=30, verbose_name="数量"),
        ),
        migrations.AddIndex(
            model_name="feeitem",
            index=models.Index(fields=["institution", "environment", "-arrived_at", "-id"], name="fee_newest"),
        ),
    ]
