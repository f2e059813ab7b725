"""What the centre lets hospitals charge, and which of it each item of the hospital is (interface 2.4, 4.10, 6.1)."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When

from injury.models.fee import OUTSIDE
from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list


class Standing(models.TextChoices):
    """How far a mapping can be used on a day."""

    GOOD = "good", "有效"
    OUTSIDE = "outside", "目录外"
    OUTDATED = "outdated", "版本已更新"
    GONE = "gone", "中心已停用"
    EXPIRED = "expired", "已过期"
    EARLY = "early", "尚未生效"

    @classmethod
    def held(cls) -> list[str]:
        """Those that may not be sent until somebody maps anew."""
        return [cls.OUTDATED, cls.GONE, cls.EXPIRED, cls.EARLY]


class CatalogueFields(models.Model):
    """What a line of the centre's catalogue says. `price_limit` is in yuan, None without one."""

    code = models.CharField("中心编码", max_length=20)
    name = models.CharField("中心名称", max_length=100)
    initials = models.CharField("拼音首字母", max_length=100, blank=True, editable=False)
    #: 0 drug, 1 treatment, 9 material (ALC404).
    kind = models.CharField("种类", max_length=3)
    category = models.CharField("收费类别", max_length=5)
    grade = models.CharField("收费项目等级", max_length=3)
    version = models.CharField("目录版本号", max_length=30)
    price_limit = models.DecimalField("限价", max_digits=18, decimal_places=4, null=True, blank=True)
    valid_from = models.DateField("生效日期", null=True, blank=True)
    valid_to = models.DateField("失效日期", null=True, blank=True)
    dosage_form = models.CharField("剂型", max_length=50, blank=True)
    specification = models.CharField("规格", max_length=100, blank=True)
    maker = models.CharField("厂家", max_length=100, blank=True)

    class Meta:
        abstract = True

    @property
    def kind_label(self) -> str:
        return code_list("injury.alc404").label(self.kind)

    @property
    def category_label(self) -> str:
        return code_list("injury.aka063").label(self.category)

    @property
    def grade_label(self) -> str:
        return code_list("injury.aka065").label(self.grade)

    @property
    def limit_shown(self) -> str:
        return "无" if self.price_limit is None else f"{self.price_limit.normalize():f}"


class CatalogueItem(TenantModel, CatalogueFields):
    """One version of one item of the centre's catalogue. `replaced_on` is the day a newer version of its code begins.

    `gone_on`: the day a complete catalogue came without this code.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    replaced_on = models.DateField("被新版本替换日期", null=True, blank=True)
    gone_on = models.DateField("停用日期", null=True, blank=True)
    imported_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "中心目录"
        ordering = ["code", "-imported_at"]
        indexes = [
            models.Index(fields=["institution", "environment", "kind", "code"], name="catalogue_by_kind"),
            models.Index(fields=["institution", "environment", "initials"], name="catalogue_by_initials"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "code", "version"], name="one_catalogue_item_a_version"
            ),
            models.UniqueConstraint(
                fields=["institution", "environment", "code"],
                condition=Q(replaced_on__isnull=True),
                name="one_newest_catalogue_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}（{self.version}）"

    def standing(self, today: date) -> Standing:
        """Whether this version can be used for what is sent today."""
        if self.gone_on and self.gone_on <= today:
            return Standing.GONE
        if self.replaced_on and self.replaced_on <= today:
            return Standing.OUTDATED
        if self.valid_to and self.valid_to < today:
            return Standing.EXPIRED
        return Standing.EARLY if self.valid_from and self.valid_from > today else Standing.GOOD


class Mapping(TenantModel):
    """Which item of the catalogue, in which version, an item of the hospital is; `item` is None outside of it.

    Prices are yuan. Outside of the catalogue an item goes under the code of its kind (3.2) with the hospital's name.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("种类", max_length=3)
    own_code = models.CharField("医院内码", max_length=30)
    own_name = models.CharField("医院项目名称", max_length=100)
    own_initials = models.CharField("拼音首字母", max_length=100, blank=True, editable=False)
    own_price = models.DecimalField("医院单价", max_digits=18, decimal_places=6, null=True, blank=True)
    specification = models.CharField("规格", max_length=50, blank=True)
    item = models.ForeignKey(
        CatalogueItem,
        verbose_name="中心目录项目",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mappings",
    )
    centre_code = models.CharField("中心编码", max_length=20)
    #: Empty outside of the catalogue.
    version = models.CharField("目录版本号", max_length=30, blank=True)
    #: Only outside of the catalogue, where the gateway wants it from the hospital.
    category = models.CharField("收费类别", max_length=5, blank=True)
    valid_from = models.DateField("对照生效日期", null=True, blank=True)
    valid_to = models.DateField("对照失效日期", null=True, blank=True)
    mapped_by = models.ForeignKey(
        "access.User", verbose_name="对照人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    mapped_as = models.CharField("对照人（显示）", max_length=100, blank=True)
    mapped_at = models.DateTimeField("对照时间")

    class Meta:
        verbose_name = verbose_name_plural = "目录对照"
        ordering = ["kind", "own_code"]
        indexes = [
            models.Index(fields=["institution", "environment", "centre_code"], name="mapping_by_centre_code"),
            models.Index(fields=["institution", "environment", "own_initials"], name="mapping_by_initials"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "own_code", "kind"], name="one_mapping_an_own_item"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | Q(centre_code__in=list(OUTSIDE.values())), name="mapped_or_outside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.own_name}（{self.own_code}）"

    @property
    def kind_label(self) -> str:
        return code_list("injury.alc404").label(self.kind)

    @property
    def is_outside(self) -> bool:
        return self.item_id is None

    def standing(self, today: date) -> Standing:
        """Whether it can be used for what is sent today; the same as `with_standing` says in SQL."""
        if self.valid_to and self.valid_to < today:
            return Standing.EXPIRED
        if self.valid_from and self.valid_from > today:
            return Standing.EARLY
        return self.item.standing(today) if self.item else Standing.OUTSIDE


def with_standing(mappings: QuerySet[Mapping], today: date) -> QuerySet[Any]:
    """The mappings with the column `standing_today`."""
    return mappings.annotate(
        standing_today=Case(
            When(valid_to__lt=today, then=Value(Standing.EXPIRED)),
            When(valid_from__gt=today, then=Value(Standing.EARLY)),
            When(item__isnull=True, then=Value(Standing.OUTSIDE)),
            When(item__gone_on__lte=today, then=Value(Standing.GONE)),
            When(item__replaced_on__lte=today, then=Value(Standing.OUTDATED)),
            When(item__valid_to__lt=today, then=Value(Standing.EXPIRED)),
            When(item__valid_from__gt=today, then=Value(Standing.EARLY)),
            default=Value(Standing.GOOD),
            output_field=models.CharField(),
        )
    )


def in_use(items: QuerySet[CatalogueItem], today: date) -> QuerySet[CatalogueItem]:
    """The version of each code that is in force on that day."""
    return items.filter(
        Q(replaced_on__isnull=True) | Q(replaced_on__gt=today),
        Q(gone_on__isnull=True) | Q(gone_on__gt=today),
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        Q(valid_from__isnull=True) | Q(valid_from__lte=today),
    )
