import django.db.models.deletion
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0001_journal"),
        ("injury", "0004_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Discharge",
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
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("leaving", "办理中"), ("done", "已出院"), ("returning", "撤销中")],
                        default="draft",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("discharged_on", models.DateField(blank=True, null=True, verbose_name="出院日期")),
                ("reason", models.CharField(blank=True, max_length=3, verbose_name="出院原因")),
                ("diagnosis_code", models.CharField(blank=True, max_length=255, verbose_name="出院诊断疾病编码")),
                ("diagnosis", models.CharField(blank=True, max_length=200, verbose_name="出院诊断说明")),
                ("days", models.PositiveIntegerField(blank=True, null=True, verbose_name="住院天数")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("saved_in", models.CharField(blank=True, max_length=32, verbose_name="保存页面")),
                ("saved_at", models.DateTimeField(null=True, verbose_name="保存时间")),
                ("saved_as", models.CharField(blank=True, max_length=100, verbose_name="保存人")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("submitted_as", models.CharField(blank=True, max_length=100, verbose_name="提交人")),
                ("discharged_at", models.DateTimeField(null=True, verbose_name="中心受理时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="最近撤销时间")),
                ("audited_at", models.DateTimeField(null=True, verbose_name="得知审核的时间")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discharges",
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
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="最近的操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "工伤出院",
                "verbose_name_plural": "工伤出院",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "admission"), name="one_discharge_an_admission")
                ],
            },
        ),
        migrations.CreateModel(
            name="DischargeRecord",
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
                    "node",
                    models.CharField(
                        choices=[
                            ("02", "入院记录"),
                            ("03", "出院记录"),
                            ("04", "手术记录"),
                            ("05", "病案首页"),
                            ("06", "B超报告单"),
                            ("07", "X光报告单"),
                            ("08", "CT报告单"),
                            ("09", "核磁报告单"),
                        ],
                        max_length=2,
                        verbose_name="病历类别",
                    ),
                ),
                ("content", portal.vault.fields.SealedJson(verbose_name="内容")),
                ("faults", models.PositiveSmallIntegerField(default=0, verbose_name="待补正")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("saved_in", models.CharField(blank=True, max_length=32, verbose_name="保存页面")),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                ("saved_as", models.CharField(max_length=100, verbose_name="保存人")),
                (
                    "discharge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="injury.discharge",
                        verbose_name="出院",
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
                "verbose_name": "出院病历",
                "verbose_name_plural": "出院病历",
                "ordering": ["node", "id"],
                "indexes": [
                    models.Index(fields=["institution", "discharge", "node", "id"], name="record_by_discharge")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
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
                ("kind", models.CharField(max_length=3, verbose_name="材料类型")),
                ("number", models.CharField(max_length=50, verbose_name="编号")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="金额（元）")),
                (
                    "file_type",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("png", "PNG"),
                            ("img", "IMG"),
                            ("jpg", "JPG"),
                            ("bmp", "BMP"),
                            ("gif", "GIF"),
                        ],
                        max_length=3,
                        verbose_name="文件格式",
                    ),
                ),
                ("file_name", models.CharField(max_length=100, verbose_name="文件名")),
                ("content", portal.vault.fields.SealedField(verbose_name="文件内容")),
                ("size", models.PositiveIntegerField(verbose_name="大小（字节）")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="添加时间")),
                ("added_as", models.CharField(max_length=100, verbose_name="添加人")),
                (
                    "discharge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="injury.discharge",
                        verbose_name="出院",
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
                "verbose_name": "随出院上传的发票",
                "verbose_name_plural": "随出院上传的发票",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_invoice_a_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceNumber",
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
                ("number", models.CharField(max_length=50, verbose_name="编号")),
                ("was_sent", models.BooleanField(default=False, verbose_name="已发送过")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_numbers",
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
                "verbose_name": "发票和材料编号",
                "verbose_name_plural": "发票和材料编号",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "number"), name="one_use_of_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
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
                ("kind", models.CharField(max_length=3, verbose_name="材料类型")),
                ("number", models.CharField(max_length=50, verbose_name="编号")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="金额（元）")),
                (
                    "file_type",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("png", "PNG"),
                            ("img", "IMG"),
                            ("jpg", "JPG"),
                            ("bmp", "BMP"),
                            ("gif", "GIF"),
                        ],
                        max_length=3,
                        verbose_name="文件格式",
                    ),
                ),
                ("file_name", models.CharField(max_length=100, verbose_name="文件名")),
                ("content", portal.vault.fields.SealedField(verbose_name="文件内容")),
                ("size", models.PositiveIntegerField(verbose_name="大小（字节）")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="添加时间")),
                ("added_as", models.CharField(max_length=100, verbose_name="添加人")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "未发送"),
                            ("sending", "上传中"),
                            ("accepted", "已上传"),
                            ("refused", "未上传成功"),
                        ],
                        default="ready",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="上传时间")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="materials",
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
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "工伤材料",
                "verbose_name_plural": "工伤材料",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["institution", "admission", "id"], name="material_by_admission"),
                    models.Index(fields=["institution", "environment", "state", "-id"], name="material_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_material_a_number"
                    )
                ],
            },
        ),
    ]
