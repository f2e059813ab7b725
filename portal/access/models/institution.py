import uuid

from django.core.validators import RegexValidator
from django.db import models


class Kind(models.TextChoices):
    HOSPITAL = "hospital", "医院"
    CLINIC = "clinic", "诊所"
    PHARMACY = "pharmacy", "药店"
    VILLAGE = "village", "村卫生室"


class Environment(models.TextChoices):
    TEST = "test", "测试环境"
    PRODUCTION = "production", "正式环境"


class Institution(models.Model):
    """A designated medical institution: the tenant. Holds no patient data, so the platform sees it."""

    public_id = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        "定点机构编号",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]\d{11}$", "定点机构编号：1 位大写字母加 11 位数字")],
    )
    name = models.CharField("机构名称", max_length=100)
    kind = models.CharField("机构类型", max_length=10, choices=Kind)
    region = models.CharField("统筹区", max_length=6, validators=[RegexValidator(r"^\d{6}$", "统筹区：6 位数字")])
    level = models.CharField("医院等级", max_length=20, blank=True)
    inpatient_chronic = models.BooleanField("开通住院/慢病", default=False)
    cross_region = models.BooleanField("开通异地业务", default=False)
    maternity = models.BooleanField("开通生育业务", default=False)
    per_capita = models.BooleanField("按人头付费", default=False)
    four_eyes = models.BooleanField("双人复核", default=True)
    environment = models.CharField("运行环境", max_length=10, choices=Environment, default=Environment.TEST)
    is_active = models.BooleanField("启用", default=True)

    app_may = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
