"""What one step of the clearing is about: a year, an insurance, and one agency or all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list

ALL_AGENCIES = "全部"
FIRST_YEAR = 2015


@dataclass(frozen=True, slots=True)
class Scope:
    """Year, insurance (001/002) and agency (001/002/003, "" = all), in one environment."""

    environment: str
    year: int
    insurance: str
    agency: str = ""

    @property
    def key(self) -> str:
        """The natural key of an operation about this scope (design 3.4)."""
        return f"{self.year}-{self.insurance}-{self.agency or ALL_AGENCIES}"

    @property
    def insurance_label(self) -> str:
        return code_list("clearing.aka080").label(self.insurance)

    @property
    def agency_label(self) -> str:
        return code_list("clearing.qsjg00").label(self.agency) if self.agency else ALL_AGENCIES

    def __str__(self) -> str:
        return f"{self.year} 年{self.insurance_label}（清算机构：{self.agency_label}）"

    def fields(self) -> dict[str, Any]:
        """Conditions on rows of this scope."""
        found: dict[str, Any] = {"environment": self.environment, "year": self.year, "insurance": self.insurance}
        return found | ({"agency": self.agency} if self.agency else {})

    def overlapping(self) -> models.Q:
        """Conditions on generations that share rows with this scope."""
        same = models.Q(environment=self.environment, year=self.year, insurance=self.insurance)
        return same & models.Q(agency__in=["", self.agency]) if self.agency else same


class Scoped(TenantModel):
    """A tenant row about one scope. Test data never mixes with production: the environment is part of it."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    year = models.PositiveSmallIntegerField("清算年份")
    insurance = models.CharField("险种", max_length=3)
    agency = models.CharField("清算机构", max_length=3, blank=True)

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        return Scope(self.environment, self.year, self.insurance, self.agency)

    @property
    def insurance_label(self) -> str:
        return self.scope.insurance_label

    @property
    def agency_label(self) -> str:
        return self.scope.agency_label


class ClearingYear(TenantModel):
    """One clearing year of one insurance. Locked by every step about it, so that steps never cross."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    year = models.PositiveSmallIntegerField("清算年份")
    insurance = models.CharField("险种", max_length=3)
    opened_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "清算年度"
        ordering = ["-year", "insurance"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance"], name="one_clearing_year_an_insurance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} 年{code_list('clearing.aka080').label(self.insurance)}"


def known_years() -> range:
    """The clearing years a person may name: from 2015 to next year."""
    return range(FIRST_YEAR, timezone.localdate().year + 2)
