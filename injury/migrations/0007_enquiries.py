import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("gateway", "0004_console"),
        ("injury", "0006_sheets"),
    ]

    operations = [
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
                ("kind", models.CharField(max_length=40, verbose_name="查询")),
                ("title", models.CharField(max_length=100, verbose_name="事项")),
                ("about", models.CharField(blank=True, max_length=100, verbose_name="对象")),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="查询对象（遮盖）")),
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
                ("next_step", models.CharField(blank=True, max_length=300, verbose_name="下一步")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("asked_as", models.CharField(blank=True, max_length=100, verbose_name="查询人（显示）")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="查询时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
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
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查询人",
                    ),
                ),
            ],
            options={
                "verbose_name": "工伤查询",
                "verbose_name_plural": "工伤查询",
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "kind", "-asked_at"], name="enquiry_by_kind"),
                    models.Index(fields=["institution", "about", "kind", "-asked_at"], name="enquiry_by_subject"),
                    models.Index(fields=["institution", "asked_at"], name="enquiry_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CentreReport",
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
                ("person_no", models.CharField(blank=True, max_length=30, verbose_name="个人编号")),
                ("identity", portal.vault.fields.SealedField(verbose_name="身份证号")),
                (
                    "identity_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="identity", verbose_name="身份证号索引"
                    ),
                ),
                ("identity_masked", models.CharField(blank=True, max_length=20, verbose_name="身份证号（遮盖）")),
                ("name", portal.vault.fields.SealedField(verbose_name="姓名")),
                (
                    "name_index",
                    portal.vault.fields.BlindIndex(max_length=34, null=True, source="name", verbose_name="姓名索引"),
                ),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("injury_no", models.CharField(blank=True, max_length=100, verbose_name="认定书号")),
                ("employer_no", models.CharField(blank=True, max_length=30, verbose_name="单位编号")),
                ("handled_on", models.DateField(null=True, verbose_name="经办日期")),
                ("injured_on", models.DateField(null=True, verbose_name="工伤时间")),
                ("reported_on", models.DateField(null=True, verbose_name="报告日期")),
                ("step", models.CharField(blank=True, max_length=20, verbose_name="认定流程")),
                ("recognised", models.CharField(blank=True, max_length=20, verbose_name="认定标识")),
                ("injured_part", models.CharField(blank=True, max_length=255, verbose_name="工伤部位")),
                ("place", models.TextField(blank=True, verbose_name="事故地点及经过")),
                ("diagnosis", models.TextField(blank=True, verbose_name="诊断意见")),
                ("hospital", models.CharField(blank=True, max_length=255, verbose_name="急救医院")),
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
                    "enquiry",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="injury.enquiry",
                        verbose_name="查询",
                    ),
                ),
            ],
            options={
                "verbose_name": "工伤事故备案",
                "verbose_name_plural": "工伤事故备案",
                "ordering": ["-injured_on", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "enquiry", "-injured_on", "-id"], name="report_by_enquiry")
                ],
            },
        ),
        migrations.CreateModel(
            name="CentreTreatment",
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
                ("person_no", models.CharField(blank=True, max_length=30, verbose_name="个人编号")),
                ("identity", portal.vault.fields.SealedField(verbose_name="身份证号")),
                (
                    "identity_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="identity", verbose_name="身份证号索引"
                    ),
                ),
                ("identity_masked", models.CharField(blank=True, max_length=20, verbose_name="身份证号（遮盖）")),
                ("name", portal.vault.fields.SealedField(verbose_name="姓名")),
                (
                    "name_index",
                    portal.vault.fields.BlindIndex(max_length=34, null=True, source="name", verbose_name="姓名索引"),
                ),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("injury_no", models.CharField(blank=True, max_length=100, verbose_name="认定书号")),
                ("treatment_no", models.CharField(max_length=20, verbose_name="申请编号")),
                ("state", models.CharField(blank=True, max_length=3, verbose_name="审批标志")),
                ("way", models.CharField(blank=True, max_length=3, verbose_name="治疗方式")),
                ("kind", models.CharField(blank=True, max_length=3, verbose_name="治疗类别")),
                ("applied_on", models.DateField(null=True, verbose_name="申请日期")),
                ("approved_on", models.DateField(null=True, verbose_name="审批日期")),
                ("starts_on", models.DateField(null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(null=True, verbose_name="结束日期")),
                ("doctor", models.CharField(blank=True, max_length=60, verbose_name="主治医生")),
                ("diagnosis", models.TextField(blank=True, verbose_name="医生诊断意见")),
                ("employer_opinion", models.TextField(blank=True, verbose_name="单位意见")),
                ("agency_opinion", models.TextField(blank=True, verbose_name="经办机构意见")),
                ("project", models.TextField(blank=True, verbose_name="申请项目")),
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
                    "enquiry",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="injury.enquiry",
                        verbose_name="查询",
                    ),
                ),
            ],
            options={
                "verbose_name": "继续治疗申请",
                "verbose_name_plural": "继续治疗申请",
                "ordering": ["-applied_on", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "enquiry", "-applied_on", "-id"], name="treatment_by_enquiry"),
                    models.Index(fields=["institution", "treatment_no"], name="treatment_by_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadedPerson",
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
                ("person_no", models.CharField(blank=True, max_length=30, verbose_name="个人编号")),
                ("identity", portal.vault.fields.SealedField(verbose_name="身份证号")),
                (
                    "identity_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="identity", verbose_name="身份证号索引"
                    ),
                ),
                ("identity_masked", models.CharField(blank=True, max_length=20, verbose_name="身份证号（遮盖）")),
                ("name", portal.vault.fields.SealedField(verbose_name="姓名")),
                (
                    "name_index",
                    portal.vault.fields.BlindIndex(max_length=34, null=True, source="name", verbose_name="姓名索引"),
                ),
                ("name_masked", models.CharField(blank=True, max_length=60, verbose_name="姓名（遮盖）")),
                ("injury_no", models.CharField(blank=True, max_length=100, verbose_name="认定书号")),
                ("at_centre", models.BooleanField(default=True, verbose_name="中心有")),
                ("number", models.CharField(max_length=30, verbose_name="住院号/门诊号")),
                ("employer_no", models.CharField(blank=True, max_length=30, verbose_name="单位编号")),
                ("session", models.CharField(blank=True, max_length=15, verbose_name="场次")),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name="金额")),
                ("rejected", models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name="剔除金额")),
                ("drugs", models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name="药品费用")),
                (
                    "drug_share",
                    models.DecimalField(decimal_places=2, max_digits=7, null=True, verbose_name="药品占比（%）"),
                ),
                (
                    "ours",
                    models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name="本院已上传金额"),
                ),
                ("audit", models.CharField(blank=True, max_length=6, verbose_name="审核状态")),
                ("admitted_on", models.DateField(null=True, verbose_name="入院日期")),
                ("discharged_on", models.DateField(null=True, verbose_name="出院日期")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="所属县区")),
                ("visit_kind", models.CharField(blank=True, max_length=3, verbose_name="医疗类别")),
                ("treatment", models.CharField(blank=True, max_length=3, verbose_name="治疗类别")),
                ("diseases", models.CharField(blank=True, max_length=255, verbose_name="病种")),
                ("entered_at", models.CharField(blank=True, max_length=19, verbose_name="录入时间")),
                ("difference", models.CharField(blank=True, max_length=300, verbose_name="与本院的差异")),
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
                    "admission",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="injury.admission",
                        verbose_name="本院就诊",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="injury.enquiry",
                        verbose_name="查询",
                    ),
                ),
            ],
            options={
                "verbose_name": "上传人员",
                "verbose_name_plural": "上传人员",
                "ordering": ["-admitted_on", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "enquiry", "-admitted_on", "-id"], name="uploaded_by_enquiry")
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="admission",
            name="one_live_admission_a_number",
        ),
        migrations.AddField(
            model_name="admission",
            name="covered_from",
            field=models.DateField(blank=True, null=True, verbose_name="有效期起"),
        ),
        migrations.AddField(
            model_name="admission",
            name="covered_until",
            field=models.DateField(blank=True, null=True, verbose_name="有效期止"),
        ),
        migrations.AddField(
            model_name="admission",
            name="typed",
            field=portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="录入内容"),
        ),
        migrations.AddField(
            model_name="admission",
            name="enquiry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="injury.enquiry",
                verbose_name="人员查询",
            ),
        ),
        migrations.AddConstraint(
            model_name="admission",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), _negated=True), models.Q(("number", ""), _negated=True)
                ),
                fields=("institution", "environment", "number"),
                name="one_live_admission_a_number",
            ),
        ),
    ]
