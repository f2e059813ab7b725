from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.access.door
import portal.access.rows
import portal.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_accounts"),
        ("gateway", "0006_signing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Visit",
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
                ("number", models.CharField(max_length=30, verbose_name="住院/门诊号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pharmacy", "药店购药"), ("outpatient", "门诊"), ("inpatient", "住院")],
                        max_length=10,
                        verbose_name="就诊类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "未登记"),
                            ("opening", "登记中"),
                            ("open", "就诊中"),
                            ("leaving", "出院办理中"),
                            ("left", "已出院"),
                            ("settled", "已结算"),
                            ("undoing", "撤销中"),
                            ("undone", "已撤销"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("identification", models.UUIDField(editable=False, null=True, verbose_name="身份识别")),
                ("person_no", portal.vault.fields.SealedField(verbose_name="人员编号")),
                (
                    "person_no_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="person_no", verbose_name="人员编号索引"
                    ),
                ),
                ("name", portal.vault.fields.SealedField(verbose_name="姓名")),
                (
                    "name_index",
                    portal.vault.fields.BlindIndex(max_length=34, null=True, source="name", verbose_name="姓名索引"),
                ),
                ("name_masked", models.CharField(max_length=60, verbose_name="姓名（遮盖）")),
                ("document_type", models.CharField(default="01", max_length=6, verbose_name="证件类型")),
                ("document", portal.vault.fields.SealedField(verbose_name="证件号码")),
                (
                    "document_index",
                    portal.vault.fields.BlindIndex(
                        max_length=34, null=True, source="document", verbose_name="证件号码索引"
                    ),
                ),
                ("document_masked", models.CharField(max_length=50, verbose_name="证件号码（遮盖）")),
                ("gender", models.CharField(blank=True, max_length=6, verbose_name="性别")),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                ("person_type", models.CharField(blank=True, max_length=6, verbose_name="人员类别")),
                ("insurance", models.CharField(max_length=6, verbose_name="险种类型")),
                ("insured_at", models.CharField(max_length=6, verbose_name="参保地医保区划")),
                ("certificate_type", models.CharField(max_length=3, verbose_name="就诊凭证类型")),
                ("certificate_no", portal.vault.fields.SealedField(blank=True, null=True, verbose_name="就诊凭证编号")),
                ("card_sn", portal.vault.fields.SealedField(blank=True, null=True, verbose_name="卡识别码")),
                ("med_type", models.CharField(max_length=6, verbose_name="医疗类别")),
                ("mdtrt_id", models.CharField(blank=True, max_length=30, verbose_name="就诊ID")),
                ("disease_code", models.CharField(blank=True, max_length=30, verbose_name="病种编码")),
                ("disease_name", models.CharField(blank=True, max_length=500, verbose_name="病种名称")),
                ("department_code", models.CharField(blank=True, max_length=30, verbose_name="科室编码")),
                ("department_name", models.CharField(blank=True, max_length=100, verbose_name="科室")),
                ("ward", models.CharField(blank=True, max_length=100, verbose_name="病区")),
                ("bed", models.CharField(blank=True, max_length=30, verbose_name="床位")),
                ("doctor_code", models.CharField(blank=True, max_length=30, verbose_name="医师编码")),
                ("doctor_name", models.CharField(blank=True, max_length=50, verbose_name="医师")),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("use_account", models.CharField(default="1", max_length=1, verbose_name="个人账户使用")),
                ("settle_by", models.CharField(default="01", max_length=6, verbose_name="个人结算方式")),
                ("details", portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="其他就诊信息")),
                ("registered_at", models.DateTimeField(null=True, verbose_name="登记时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="建立人（显示）")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="建立人",
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
                        verbose_name="进行中的操作",
                    ),
                ),
            ],
            options={
                "verbose_name": "就诊",
                "verbose_name_plural": "就诊",
                "ordering": ["-started_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-started_at", "-id"], name="visit_newest"),
                    models.Index(
                        fields=["institution", "environment", "kind", "state", "-started_at"], name="visit_by_state"
                    ),
                    models.Index(fields=["institution", "person_no_index"], name="visit_by_person"),
                    models.Index(fields=["institution", "document_index"], name="visit_by_document"),
                    models.Index(fields=["institution", "name_index"], name="visit_by_name"),
                    models.Index(
                        condition=models.Q(("mdtrt_id", ""), _negated=True),
                        fields=["institution", "mdtrt_id"],
                        name="visit_by_mdtrt_id",
                    ),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)), fields=["operation"], name="visit_moving"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "environment", "number"), name="one_visit_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Bill",
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
                ("number", models.CharField(max_length=30, verbose_name="收费批次号")),
                ("disease_code", models.CharField(blank=True, max_length=30, verbose_name="病种编码")),
                ("disease_name", models.CharField(blank=True, max_length=500, verbose_name="病种名称")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "未上传"),
                            ("sending", "上传中"),
                            ("sent", "已上传"),
                            ("settled", "已结算"),
                            ("removing", "撤销中"),
                            ("removed", "已撤销"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("lines_count", models.PositiveIntegerField(default=0, verbose_name="明细（条）")),
                (
                    "total",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=16, verbose_name="金额"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="上传时间")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="建立人（显示）")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
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
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="settlement.visit",
                        verbose_name="就诊",
                    ),
                ),
            ],
            options={
                "verbose_name": "收费批次",
                "verbose_name_plural": "收费批次",
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["institution", "visit", "state"], name="bill_of_visit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("institution", "environment", "number"),
                        name="one_bill_a_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
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
                ("number", models.CharField(max_length=40, verbose_name="结算单号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pharmacy", "药店购药"), ("outpatient", "门诊"), ("inpatient", "住院")],
                        max_length=10,
                        verbose_name="就诊类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "预结算中"),
                            ("preview", "预结算"),
                            ("failed", "预结算未得到结果"),
                            ("expired", "预结算已失效"),
                            ("settling", "结算中"),
                            ("rejected", "未结算"),
                            ("done", "已结算"),
                            ("broken", "已结算，金额待认可"),
                            ("undoing", "撤销结算中"),
                            ("undone", "已撤销"),
                            ("reversed", "已冲正"),
                        ],
                        default="asking",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("is_interim", models.BooleanField(default=False, verbose_name="中途结算")),
                ("transaction", models.CharField(blank=True, max_length=6, verbose_name="交易编号")),
                ("setl_id", models.CharField(blank=True, max_length=30, verbose_name="结算ID")),
                ("msgid", models.CharField(blank=True, max_length=64, verbose_name="报文编号")),
                ("content_hash", models.CharField(max_length=64, verbose_name="明细摘要")),
                ("lines_count", models.PositiveIntegerField(default=0, verbose_name="明细（条）")),
                (
                    "charged",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name="明细合计"
                    ),
                ),
                ("job", models.UUIDField(editable=False, null=True, verbose_name="后台任务")),
                ("previewed_at", models.DateTimeField(null=True, verbose_name="预结算时间")),
                ("shown", models.JSONField(default=dict, verbose_name="预结算金额")),
                ("total", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="医疗费总额")),
                ("fund", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="基金支付总额")),
                (
                    "person",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人负担总额"),
                ),
                (
                    "account",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人账户支出"),
                ),
                (
                    "family",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="账户共济支付"),
                ),
                ("cash", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="个人现金支出")),
                ("hospital", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="医院负担")),
                ("pool", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="统筹基金支出")),
                (
                    "pool_share",
                    models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name="统筹支付比例"),
                ),
                ("civil", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="公务员补助")),
                (
                    "enterprise",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="企业补充"),
                ),
                ("serious", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="居民大病")),
                ("large", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="职工大额")),
                ("aid", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="医疗救助")),
                (
                    "disabled",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="伤残人员保障"),
                ),
                (
                    "other_fund",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="其他支出"),
                ),
                (
                    "fully_own",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="全自费金额"),
                ),
                (
                    "over_limit",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="超限价自费"),
                ),
                (
                    "prepaid_own",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="先行自付"),
                ),
                (
                    "in_scope",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="符合政策范围"),
                ),
                ("deductible", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="起付线")),
                ("balance", models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="账户余额")),
                ("clr_type", models.CharField(blank=True, max_length=6, verbose_name="清算类别")),
                ("clr_way", models.CharField(blank=True, max_length=6, verbose_name="清算方式")),
                ("clr_optins", models.CharField(blank=True, max_length=20, verbose_name="清算经办机构")),
                ("invoice", models.CharField(blank=True, max_length=20, verbose_name="发票号")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="结算时间")),
                ("reply", portal.vault.fields.SealedJson(editable=False, null=True, verbose_name="结算答复")),
                ("findings", models.JSONField(default=list, verbose_name="金额问题")),
                ("differs", models.CharField(blank=True, max_length=400, verbose_name="与预结算的差异")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="认可时间")),
                ("accepted_because", models.CharField(blank=True, max_length=300, verbose_name="认可理由")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("undo_setl_id", models.CharField(blank=True, max_length=30, verbose_name="撤销结算ID")),
                ("receipts", models.PositiveSmallIntegerField(default=0, verbose_name="打印次数")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("created_as", models.CharField(blank=True, max_length=100, verbose_name="经办人（显示）")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认可人",
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="settlement.bill",
                        verbose_name="收费批次",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                        verbose_name="结算操作",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gateway.operation",
                        verbose_name="撤销操作",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="settlement.visit",
                        verbose_name="就诊",
                    ),
                ),
            ],
            options={
                "verbose_name": "结算",
                "verbose_name_plural": "结算",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-created_at", "-id"], name="settlement_newest"),
                    models.Index(
                        fields=["institution", "environment", "state", "-created_at", "-id"], name="settlement_by_state"
                    ),
                    models.Index(fields=["institution", "visit", "-created_at"], name="settlement_of_visit"),
                    models.Index(
                        condition=models.Q(("setl_id", ""), _negated=True),
                        fields=["institution", "setl_id"],
                        name="settlement_by_setl_id",
                    ),
                    models.Index(
                        condition=models.Q(("operation__isnull", False)),
                        fields=["operation"],
                        name="settlement_by_operation",
                    ),
                    models.Index(
                        condition=models.Q(("undone_by__isnull", False)),
                        fields=["undone_by"],
                        name="settlement_by_undoing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "number"), name="one_settlement_a_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["settling", "undoing"])),
                        fields=("institution", "visit"),
                        name="one_settlement_moves_a_visit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeLine",
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
                        choices=[
                            ("draft", "未上传"),
                            ("sending", "上传中"),
                            ("sent", "已上传"),
                            ("settled", "已结算"),
                            ("removing", "撤销中"),
                            ("removed", "已撤销"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("number", models.CharField(max_length=30, verbose_name="费用明细流水号")),
                ("initial_number", models.CharField(blank=True, max_length=30, verbose_name="原费用流水号")),
                ("prescription", models.CharField(blank=True, max_length=40, verbose_name="处方/医嘱号")),
                ("outside_prescription", models.BooleanField(default=False, verbose_name="外购处方")),
                ("occurred_at", models.DateTimeField(verbose_name="费用发生时间")),
                ("own_code", models.CharField(max_length=150, verbose_name="机构项目编码")),
                ("own_name", models.CharField(blank=True, max_length=200, verbose_name="项目名称")),
                ("item_code", models.CharField(max_length=50, verbose_name="医疗目录编码")),
                ("category", models.CharField(blank=True, max_length=6, verbose_name="收费项目类别")),
                ("spec", models.CharField(blank=True, max_length=200, verbose_name="规格")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单位")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="数量")),
                ("price", models.DecimalField(decimal_places=6, max_digits=16, verbose_name="单价")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="金额")),
                ("single_dose", models.CharField(blank=True, max_length=200, verbose_name="单次剂量")),
                ("frequency", models.CharField(blank=True, max_length=200, verbose_name="使用频次")),
                (
                    "period_days",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="周期天数"),
                ),
                ("route", models.CharField(blank=True, max_length=200, verbose_name="用药途径")),
                ("tcm_use", models.CharField(blank=True, max_length=6, verbose_name="中药使用方式")),
                ("department_code", models.CharField(blank=True, max_length=30, verbose_name="开单科室编码")),
                ("department_name", models.CharField(blank=True, max_length=100, verbose_name="开单科室")),
                ("doctor_code", models.CharField(blank=True, max_length=30, verbose_name="开单医师编码")),
                ("doctor_name", models.CharField(blank=True, max_length=50, verbose_name="开单医师")),
                ("executing_department_code", models.CharField(blank=True, max_length=30, verbose_name="受单科室编码")),
                ("executing_department_name", models.CharField(blank=True, max_length=100, verbose_name="受单科室")),
                ("executing_doctor_code", models.CharField(blank=True, max_length=30, verbose_name="受单医师编码")),
                ("executing_doctor_name", models.CharField(blank=True, max_length=50, verbose_name="受单医师")),
                ("take_home", models.BooleanField(default=False, verbose_name="出院带药")),
                ("trace_codes", models.JSONField(blank=True, default=list, verbose_name="追溯码")),
                ("more", models.JSONField(blank=True, default=dict, verbose_name="其他项目")),
                ("grade", models.CharField(blank=True, max_length=3, verbose_name="收费项目等级")),
                (
                    "price_limit",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=16, null=True, verbose_name="定价上限"
                    ),
                ),
                (
                    "selfpay_share",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name="自付比例"),
                ),
                (
                    "fully_own",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="全自费金额"
                    ),
                ),
                (
                    "over_limit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="超限价金额"
                    ),
                ),
                (
                    "prepaid_own",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="先行自付金额"
                    ),
                ),
                (
                    "in_scope",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="符合政策范围金额"
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="中心备注")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="上传时间")),
                ("sent_by", models.UUIDField(editable=False, null=True, verbose_name="上传操作")),
                ("settled_by", models.UUIDField(editable=False, null=True, verbose_name="结算")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="到达时间")),
                (
                    "bill",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="settlement.bill",
                        verbose_name="收费批次",
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
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="settlement.visit",
                        verbose_name="就诊",
                    ),
                ),
            ],
            options={
                "verbose_name": "费用明细",
                "verbose_name_plural": "费用明细",
                "ordering": ["occurred_at", "id"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "-occurred_at", "-id"], name="feeline_newest"),
                    models.Index(fields=["institution", "visit", "state"], name="feeline_of_visit"),
                    models.Index(fields=["institution", "bill"], name="feeline_of_bill"),
                    models.Index(fields=["institution", "environment", "own_code"], name="feeline_by_own_code"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "visit", "number"), name="one_line_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Diagnosis",
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
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="诊断排序号")),
                ("type", models.CharField(default="1", max_length=3, verbose_name="诊断类别")),
                ("is_main", models.BooleanField(default=False, verbose_name="主诊断")),
                ("moment", models.CharField(blank=True, max_length=3, verbose_name="入出院")),
                ("code", models.CharField(max_length=20, verbose_name="诊断编码")),
                ("name", models.CharField(max_length=100, verbose_name="诊断名称")),
                ("department", models.CharField(blank=True, max_length=50, verbose_name="诊断科室")),
                ("doctor_code", models.CharField(blank=True, max_length=30, verbose_name="诊断医生编码")),
                ("doctor_name", models.CharField(blank=True, max_length=50, verbose_name="诊断医生")),
                ("diagnosed_at", models.DateTimeField(verbose_name="诊断时间")),
                ("condition", models.CharField(blank=True, max_length=500, verbose_name="入院病情")),
                ("is_valid", models.BooleanField(default=True, verbose_name="有效")),
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
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diagnoses",
                        to="settlement.visit",
                        verbose_name="就诊",
                    ),
                ),
            ],
            options={
                "verbose_name": "诊断",
                "verbose_name_plural": "诊断",
                "ordering": ["moment", "order", "id"],
                "indexes": [
                    models.Index(fields=["institution", "visit", "moment", "order"], name="diagnosis_of_visit")
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnItem",
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
                ("own_code", models.CharField(max_length=150, verbose_name="机构项目编码")),
                ("own_name", models.CharField(max_length=200, verbose_name="项目名称")),
                ("initials", models.CharField(blank=True, max_length=200, verbose_name="拼音首字母")),
                ("item_code", models.CharField(max_length=50, verbose_name="医疗目录编码")),
                ("category", models.CharField(blank=True, max_length=6, verbose_name="收费项目类别")),
                ("spec", models.CharField(blank=True, max_length=200, verbose_name="规格")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单位")),
                ("price", models.DecimalField(decimal_places=6, max_digits=16, verbose_name="单价")),
                ("used_at", models.DateTimeField(auto_now=True, verbose_name="最近使用")),
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
                "verbose_name": "机构项目",
                "verbose_name_plural": "机构项目",
                "ordering": ["own_code"],
                "indexes": [
                    models.Index(fields=["institution", "environment", "initials"], name="own_item_by_initials"),
                    models.Index(fields=["institution", "environment", "own_name"], name="own_item_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "environment", "own_code"), name="one_item_an_own_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundShare",
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
                ("fund_type", models.CharField(max_length=8, verbose_name="基金支付类型")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="基金名称")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="基金支付金额")),
                (
                    "in_scope",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="符合政策范围金额"),
                ),
                (
                    "limit",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="本次可支付限额"),
                ),
                ("info", models.TextField(blank=True, verbose_name="结算过程信息")),
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
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="settlement.settlement",
                        verbose_name="结算",
                    ),
                ),
            ],
            options={
                "verbose_name": "基金分项",
                "verbose_name_plural": "基金分项",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["institution", "settlement"], name="fundshare_of_settlement")],
            },
        ),
    ]
