"""What goes with a discharge (4.13, 4.26) and after it (4.18): records, invoices and other papers."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import SealedField, SealedJson


class Node(models.TextChoices):
    """The kinds of medical records, by their number on the wire (km02, bskm02 …)."""

    ADMISSION_NOTE = "02", "入院记录"
    DISCHARGE_NOTE = "03", "出院记录"
    OPERATION = "04", "手术记录"
    FRONT_PAGE = "05", "病案首页"
    ULTRASOUND = "06", "B超报告单"
    XRAY = "07", "X光报告单"
    CT = "08", "CT报告单"
    MRI = "09", "核磁报告单"


class DischargeState(models.TextChoices):
    DRAFT = "draft", "草稿"
    LEAVING = "leaving", "办理中"
    DONE = "done", "已出院"
    RETURNING = "returning", "撤销中"


class FileType(models.TextChoices):
    """The kinds of files that 4.18 takes, in small letters; discharge takes PDF only."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    IMG = "img", "IMG"
    JPG = "jpg", "JPG"
    BMP = "bmp", "BMP"
    GIF = "gif", "GIF"


class MaterialState(models.TextChoices):
    READY = "ready", "未发送"
    SENDING = "sending", "上传中"
    ACCEPTED = "accepted", "已上传"
    REFUSED = "refused", "未上传成功"


class Discharge(TenantModel):
    """The discharge of one admission: a draft until it is sent, and again after it was taken back.

    `version` goes up with every save of its own fields; each record has a version of its own.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="discharges"
    )
    state = models.CharField("状态", max_length=9, choices=DischargeState, default=DischargeState.DRAFT)
    discharged_on = models.DateField("出院日期", null=True, blank=True)
    #: AKC195.
    reason = models.CharField("出院原因", max_length=3, blank=True)
    #: ICD-10 codes, separated by a half-width comma.
    diagnosis_code = models.CharField("出院诊断疾病编码", max_length=255, blank=True)
    diagnosis = models.CharField("出院诊断说明", max_length=200, blank=True)
    days = models.PositiveIntegerField("住院天数", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    #: The open page that saved it last: one page never contradicts itself.
    saved_in = models.CharField("保存页面", max_length=32, blank=True)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_as = models.CharField("保存人", max_length=100, blank=True)

    #: The newest operation about it, for its page; `Admission.operation` says what is under way.
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="最近的操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_as = models.CharField("提交人", max_length=100, blank=True)
    discharged_at = models.DateTimeField("中心受理时间", null=True)
    undone_at = models.DateTimeField("最近撤销时间", null=True)
    #: Since when the centre refuses to take it back, because it was audited (120003, 360003).
    audited_at = models.DateTimeField("得知审核的时间", null=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工伤出院"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "admission"], name="one_discharge_an_admission"),
        ]

    def __str__(self) -> str:
        return f"出院（{self.get_state_display()}）"

    @property
    def is_draft(self) -> bool:
        return self.state == DischargeState.DRAFT

    @property
    def reason_label(self) -> str:
        return code_list("injury.akc195").label(self.reason) if self.reason else ""


class DischargeRecord(TenantModel):
    """One entry of one record node as it was typed, by wire names; may still be incomplete or wrong.

    Two people write different entries without meeting; of one entry the later one sees who saved meanwhile.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    discharge = models.ForeignKey(Discharge, verbose_name="出院", on_delete=models.CASCADE, related_name="records")
    node = models.CharField("病历类别", max_length=2, choices=Node)
    content: "SealedJson[Any, Any]" = SealedJson("内容")
    #: What is missing or wrong in it, counted when it was saved, so that overviews need not unseal it.
    faults = models.PositiveSmallIntegerField("待补正", default=0)
    version = models.PositiveIntegerField("版本", default=1)
    saved_in = models.CharField("保存页面", max_length=32, blank=True)
    saved_at = models.DateTimeField("保存时间")
    saved_as = models.CharField("保存人", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "出院病历"
        ordering = ["node", "id"]
        indexes = [models.Index(fields=["institution", "discharge", "node", "id"], name="record_by_discharge")]

    def __str__(self) -> str:
        return str(self.get_node_display())


class InvoiceNumber(TenantModel):
    """A number of an invoice or paper, and the one admission that it belongs to, for ever once it was sent (4.18).

    Apart from the files, because invoices of a discharge and materials after it share their numbers.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="invoice_numbers"
    )
    number = models.CharField("编号", max_length=50)
    #: Whether the centre may know it: then it never becomes free for another admission.
    was_sent = models.BooleanField("已发送过", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "发票和材料编号"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_use_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class Attached(TenantModel):
    """A file with its number and amount. The content is sealed as URL-safe Base64 and left out of lists."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    #: FILETYPE; 01 is an invoice.
    kind = models.CharField("材料类型", max_length=3)
    number = models.CharField("编号", max_length=50)
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    file_type = models.CharField("文件格式", max_length=3, choices=FileType)
    file_name = models.CharField("文件名", max_length=100)
    content: "SealedField[str, Any]" = SealedField("文件内容")
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField("添加时间", auto_now_add=True)
    added_as = models.CharField("添加人", max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind_label} {self.number}"

    @property
    def kind_label(self) -> str:
        return code_list("injury.filetype").label(self.kind)

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1024))


class Invoice(Attached):
    """An invoice, or for another province another paper, that goes with the discharge (km12, bskm12)."""

    discharge = models.ForeignKey(Discharge, verbose_name="出院", on_delete=models.PROTECT, related_name="invoices")

    class Meta:
        verbose_name = verbose_name_plural = "随出院上传的发票"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_invoice_a_number"),
        ]


class Material(Attached):
    """A paper that is uploaded by itself, after discharge and before the claim (4.18)."""

    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="materials"
    )
    state = models.CharField("状态", max_length=8, choices=MaterialState, default=MaterialState.READY)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField("上传时间", null=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工伤材料"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["institution", "admission", "id"], name="material_by_admission"),
            models.Index(fields=["institution", "environment", "state", "-id"], name="material_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_material_a_number"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something still has to be done, or found out, about it."""
        return self.state != MaterialState.ACCEPTED

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is under way shows how far its operation is."""
        if self.state != MaterialState.SENDING or self.operation is None or not self.operation.is_live:
            return str(self.get_state_display())
        return f"{self.get_state_display()}·{self.operation.sentence}"

    @property
    def is_doubtful(self) -> bool:
        """结果待确认: whether the centre has it is being found out."""
        return self.state == MaterialState.SENDING and self.operation is not None and self.operation.is_doubtful
