"""Reading a scope that a person or a hospital system named, and locking it."""

from typing import Any

from clearing.models import ClearingYear, Scope
from clearing.models.scope import known_years
from clearing.services.refusals import Refused
from portal.access.member import Member
from portal.codes import code_list


def scope_of(by: Member, year: Any, insurance: str, agency: str | None = "") -> Scope:
    """The scope in the institution's present environment; Refused names the first field that is wrong."""
    if by.institution is None:
        raise Refused("请先选择机构")
    years = known_years()
    if not isinstance(year, int) or isinstance(year, bool) or year not in years:
        raise Refused(f"清算年份：应在 {years[0]} 至 {years[-1]} 之间", field="year")
    if insurance not in code_list("clearing.aka080"):
        raise Refused("险种：应为 001（城镇职工）或 002（城乡居民）", field="insurance")
    if agency and agency not in code_list("clearing.qsjg00"):
        raise Refused("清算机构：应为 001（同煤）、002（异地）或 003（本地），留空表示全部", field="agency")
    return Scope(by.institution.environment, year, insurance, agency or "")


def locked(scope: Scope) -> ClearingYear:
    """The scope's year, locked until the transaction ends: every step about it waits its turn.

    Services, outcomes and fetches take this lock before any row's, so that they never wait for each other in a circle.
    """
    year, _ = ClearingYear.objects.get_or_create(
        environment=scope.environment, year=scope.year, insurance=scope.insurance
    )
    return ClearingYear.objects.select_for_update().get(pk=year.pk)
