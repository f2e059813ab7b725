from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from clearing import rules
from clearing.models.scope import Scoped
from portal.codes import code_list

PAPERS = {
    rules.DISBURSEMENT: "核拨表",
    rules.CROSS_REGION: "异地保证金返还表",
    rules.MATERNITY: "生育保证金返还表",
    rules.PRIMARY: "药店/村卫生室保证金返还表",
}
#: Hex digits of a provider's part of a paper; enough to tell two contents apart.
PART_DIGITS = 24


class PrintedPaper(Scoped):
    """A paper that left the portal: which one, of whom, and what stood on it. Kept for ever, never changed.

    `provider_code` is empty when it holds several providers; then `parts` has the digest of each one's lines. Whether
    it is still current is not stored: the digests of the present data say so.
    """

    app_may = ("SELECT", "INSERT")

    paper = models.CharField("报表", max_length=14, choices=list(PAPERS.items()))
    provider_code = models.CharField("医疗机构编号", max_length=30, blank=True)
    format = models.CharField("格式", max_length=4)
    #: Whether it was part of a bound volume with other papers.
    is_bound = models.BooleanField("合并打印", default=False)
    count = models.PositiveIntegerField("条数")
    providers = models.PositiveIntegerField("机构数")
    total = models.DecimalField("金额合计", max_digits=18, decimal_places=2)
    #: SM3 over all its lines, and what each provider's lines come to.
    content_hash = models.CharField("内容摘要", max_length=64)
    parts = models.JSONField("各机构摘要", default=dict)
    #: The newest change of the data that it shows.
    data_at = models.DateTimeField("数据时间", null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="打印人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_as = models.CharField("打印人（显示）", max_length=100)
    made_at = models.DateTimeField("打印时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "已打印报表"
        ordering = ["-made_at"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "year", "insurance", "paper", "provider_code", "-made_at"],
                name="printed_newest",
            ),
            models.Index(fields=["institution", "environment", "-id"], name="printed_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}{self.get_paper_display()}"

    @property
    def covers(self) -> dict[str, str]:
        """Digest by code of every provider on it."""
        parts: dict[str, str] = self.parts
        return parts


class PaperState(models.TextChoices):
    """Where one provider's paper stands. OUTDATED was printed, but its data changed since."""

    NONE = "", "无需"
    SPARE = "spare", "无需·有数据"
    WAITING = "waiting", "待打印"
    OUTDATED = "outdated", "待重打"
    PRINTED = "printed", "已打印"
    LACKING = "lacking", "缺数据"
    SUPERFLUOUS = "superfluous", "多余"

    @classmethod
    def owed(cls) -> list[str]:
        """States of papers that are due and can be printed now."""
        return [cls.WAITING, cls.OUTDATED, cls.PRINTED]


def _state(label: str) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=12, choices=PaperState, default=PaperState.NONE, blank=True)


class DuePapers(Scoped):
    """What one provider of a scope has to print, by the manual's table (9.5), and how far it is.

    Reckoned from rows, refund tables and prints whenever one of them changed (clearing.services.printing); a table only
    so that lists can filter, sort and add up. `about` has for each paper: why, count, amount (yuan), and its print.
    """

    provider_code = models.CharField("医疗机构编号", max_length=30)
    provider_name = models.CharField("医疗机构名称", max_length=200)
    provider_type = models.CharField("机构类型", max_length=20)
    region = models.CharField("统筹区", max_length=6)
    is_own = models.BooleanField("本机构", default=False)
    inpatient_chronic = models.BooleanField("住院/慢病", default=False)
    cross_region_open = models.BooleanField("异地", default=False)
    maternity_open = models.BooleanField("生育", default=False)
    per_capita = models.BooleanField("按人头付费", default=False)
    rule = models.CharField("适用规则", max_length=20)
    why = models.CharField("依据", max_length=300)
    is_guess = models.BooleanField("表中未列", default=False)
    #: What is registered and what the data say, where the two differ; sentences.
    contradictions = models.JSONField("登记与数据不符", default=list)
    disbursement = _state("核拨表")
    cross_region = _state("异地返还表")
    maternity = _state("生育返还表")
    primary = _state("药店/村卫返还表")
    due = models.PositiveSmallIntegerField("应打印", default=0)
    printed = models.PositiveSmallIntegerField("已打印", default=0)
    waiting = models.PositiveSmallIntegerField("待打印", default=0)
    lacking = models.PositiveSmallIntegerField("缺数据", default=0)
    superfluous = models.PositiveSmallIntegerField("多余", default=0)
    about = models.JSONField("说明", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "应打印报表"
        ordering = ["region", "provider_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance", "agency", "provider_code"],
                name="one_reckoning_a_provider",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.scope}应打印报表"

    @property
    def region_label(self) -> str:
        return code_list("clearing.insu_admdvs").label(self.region)

    @property
    def provider_type_label(self) -> str:
        return code_list("clearing.medins_type").label(self.provider_type)

    @property
    def opened(self) -> str:
        """What the table asks about, in words: 住院/慢病 · 异地."""
        named = {"inpatient_chronic": "住院/慢病", "cross_region_open": "异地", "maternity_open": "生育"}
        words = [word for name, word in named.items() if getattr(self, name)]
        return " · ".join([*(words or ["未开通"]), *(["按人头"] if self.per_capita else [])])

    @property
    def rule_label(self) -> str:
        found = next((rule for rule in rules.RULES if rule.name == self.rule), None)
        return f"第 {found.place} 行" if found else "表中未列"

    def state_of(self, paper: str) -> PaperState:
        return PaperState(getattr(self, paper))

    def told(self, paper: str) -> dict[str, Any]:
        """Why the paper stands where it does; empty when there is nothing to tell."""
        found: dict[str, Any] = self.about.get(paper, {})
        return found


class Reckoning(Scoped):
    """What the due papers of a scope were last reckoned from; anything else, and they are reckoned anew."""

    stamp = models.CharField("数据版本", max_length=64, blank=True)
    reckoned_at = models.DateTimeField("核算时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表核算"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance", "agency"], name="one_reckoning_a_scope"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}报表核算"
