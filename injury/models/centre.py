"""Lists of the centre, as one enquiry brought them: applications for treatment, accident reports, uploaded people."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField


class CentreRow(TenantModel):
    """A row of an enquiry's answer about one person; goes with its enquiry."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    enquiry = models.ForeignKey(
        "injury.Enquiry", verbose_name="查询", on_delete=models.CASCADE, related_name="+", editable=False
    )
    person_no = models.CharField("个人编号", max_length=30, blank=True)
    identity: "SealedField[str, Any]" = SealedField("身份证号")
    identity_index = BlindIndex("身份证号索引", source="identity")
    identity_masked = models.CharField("身份证号（遮盖）", max_length=20, blank=True)
    name: "SealedField[str, Any]" = SealedField("姓名")
    name_index = BlindIndex("姓名索引", source="name")
    name_masked = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    injury_no = models.CharField("认定书号", max_length=100, blank=True)

    class Meta:
        abstract = True


class CentreTreatment(CentreRow):
    """An application for continued treatment (4.5)."""

    treatment_no = models.CharField("申请编号", max_length=20)
    state = models.CharField("审批标志", max_length=3, blank=True)
    way = models.CharField("治疗方式", max_length=3, blank=True)
    kind = models.CharField("治疗类别", max_length=3, blank=True)
    applied_on = models.DateField("申请日期", null=True)
    approved_on = models.DateField("审批日期", null=True)
    starts_on = models.DateField("开始日期", null=True)
    ends_on = models.DateField("结束日期", null=True)
    doctor = models.CharField("主治医生", max_length=60, blank=True)
    diagnosis = models.TextField("医生诊断意见", blank=True)
    employer_opinion = models.TextField("单位意见", blank=True)
    agency_opinion = models.TextField("经办机构意见", blank=True)
    project = models.TextField("申请项目", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "继续治疗申请"
        ordering = ["-applied_on", "-id"]
        indexes = [
            models.Index(fields=["institution", "enquiry", "-applied_on", "-id"], name="treatment_by_enquiry"),
            models.Index(fields=["institution", "treatment_no"], name="treatment_by_number"),
        ]

    def __str__(self) -> str:
        return f"继续治疗申请 {self.treatment_no}"

    @property
    def state_label(self) -> str:
        return code_list("injury.akc175").label(self.state)


class CentreReport(CentreRow):
    """An accident report and how far its recognition is (4.7)."""

    employer_no = models.CharField("单位编号", max_length=30, blank=True)
    handled_on = models.DateField("经办日期", null=True)
    injured_on = models.DateField("工伤时间", null=True)
    reported_on = models.DateField("报告日期", null=True)
    step = models.CharField("认定流程", max_length=20, blank=True)
    recognised = models.CharField("认定标识", max_length=20, blank=True)
    injured_part = models.CharField("工伤部位", max_length=255, blank=True)
    place = models.TextField("事故地点及经过", blank=True)
    diagnosis = models.TextField("诊断意见", blank=True)
    hospital = models.CharField("急救医院", max_length=255, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工伤事故备案"
        ordering = ["-injured_on", "-id"]
        indexes = [models.Index(fields=["institution", "enquiry", "-injured_on", "-id"], name="report_by_enquiry")]

    def __str__(self) -> str:
        return f"工伤事故备案 {self.injured_on or ''}"


class UploadedPerson(CentreRow):
    """An admission as the centre has it (4.15), and how it differs from ours. Amounts are yuan.

    A row without `at_centre` is one of ours that the centre's answer lacks.
    """

    at_centre = models.BooleanField("中心有", default=True)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="本院就诊", on_delete=models.CASCADE, null=True, related_name="+"
    )
    number = models.CharField("住院号/门诊号", max_length=30)
    employer_no = models.CharField("单位编号", max_length=30, blank=True)
    session = models.CharField("场次", max_length=15, blank=True)
    total = models.DecimalField("金额", max_digits=18, decimal_places=4, null=True)
    rejected = models.DecimalField("剔除金额", max_digits=18, decimal_places=4, null=True)
    drugs = models.DecimalField("药品费用", max_digits=18, decimal_places=4, null=True)
    drug_share = models.DecimalField("药品占比（%）", max_digits=7, decimal_places=2, null=True)
    ours = models.DecimalField("本院已上传金额", max_digits=18, decimal_places=4, null=True)
    audit = models.CharField("审核状态", max_length=6, blank=True)
    admitted_on = models.DateField("入院日期", null=True)
    discharged_on = models.DateField("出院日期", null=True)
    region = models.CharField("所属县区", max_length=100, blank=True)
    visit_kind = models.CharField("医疗类别", max_length=3, blank=True)
    treatment = models.CharField("治疗类别", max_length=3, blank=True)
    diseases = models.CharField("病种", max_length=255, blank=True)
    entered_at = models.CharField("录入时间", max_length=19, blank=True)
    #: What differs from ours, in a sentence; empty when nothing does.
    difference = models.CharField("与本院的差异", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传人员"
        ordering = ["-admitted_on", "-id"]
        indexes = [models.Index(fields=["institution", "enquiry", "-admitted_on", "-id"], name="uploaded_by_enquiry")]

    def __str__(self) -> str:
        return f"上传人员 {self.number}"
