"""What the print rules ask about every provider of a scope, and where its papers' data are; a few statements in all.

A provider's business does not depend on the agency that pays for it, so the facts are those of the whole year and
insurance: visit types 002, 003 and 005 mean inpatients or chronic diseases, 005 and birth clinics (53) maternity, rows
of agency 002 or a line of the cross-region table cross-region business. The own institution is what it is
registered as.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum

from clearing import rules
from clearing.models import ClearingRow, DepositRefund, RefundFetch, RowState, Scope
from portal.access.models import Institution
from portal.codes import code_list

ZERO = Decimal("0.00")
COAL, ELSEWHERE = "001", "002"
INPATIENT_OR_CHRONIC = Q(visit_type__in=["002", "003", "005"])
MATERNITY = Q(visit_type="005") | Q(clearing_type="53")
HELD = Q(state__in=[RowState.APPLIED, RowState.APPROVED])


@dataclass(frozen=True)
class Data:
    """What a paper would hold of one provider: lines and yuan."""

    count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Provider:
    """One provider of a scope: its facts, its data by paper, and how many of its rows were not applied for yet."""

    code: str
    name: str
    kind: str
    region: str
    facts: rules.Facts
    unapplied: int
    data: dict[str, Data] = field(default_factory=dict)
    is_own: bool = False
    contradictions: tuple[str, ...] = ()


def providers_of(scope: Scope, own: Institution | None) -> Iterator[Provider]:
    """Every provider that has rows in the scope, by code; `own` is the institution whose registered flags count."""
    per_head = per_capita_regions(scope.year)
    refunds = _refunds(scope)
    for row in _rows(scope):
        code = row["provider_code"]
        region = row["home"] or row["anywhere"]
        data = refunds.get(code, {})
        held = Data(row["held"], row["disburse"] or ZERO)
        facts = rules.Facts(
            row["kind"],
            inpatient_or_chronic=row["inpatients"] > 0,
            cross_region=row["elsewhere"] > 0 or rules.CROSS_REGION in data,
            maternity=row["births"] > 0 or rules.MATERNITY in data,
            per_capita=region in per_head,
        )
        registered = registered_facts(own) if own is not None and own.code == code else None
        yield Provider(
            code,
            row["name"],
            row["kind"],
            region,
            registered or facts,
            row["rows"] - row["held"],
            {
                **{paper: one for paper, one in data.items() if one.count},
                **({rules.DISBURSEMENT: held} if held.count else {}),
            },
            registered is not None,
            contradictions(registered, facts, region) if registered else (),
        )


def _rows(scope: Scope) -> Any:
    """One line a provider: its business in the year, and its rows in the scope."""
    mine = Q(agency=scope.agency) if scope.agency else Q()
    year = ClearingRow.objects.filter(environment=scope.environment, year=scope.year, insurance=scope.insurance)
    return (
        year.exclude(state=RowState.REVOKED)
        .order_by("provider_code")
        .values("provider_code")
        .annotate(
            name=Max("provider_name"),
            kind=Max("provider_type"),
            # The coal company's insured are rows of its own sub-centre, wherever the provider is.
            home=Min("region", filter=~Q(agency=COAL)),
            anywhere=Min("region"),
            inpatients=Count("pk", filter=INPATIENT_OR_CHRONIC),
            births=Count("pk", filter=MATERNITY),
            elsewhere=Count("pk", filter=Q(agency=ELSEWHERE)),
            rows=Count("pk", filter=mine),
            held=Count("pk", filter=mine & HELD),
            disburse=Sum("disburse", filter=mine & HELD),
        )
        .filter(rows__gt=0)
    )


def _refunds(scope: Scope) -> dict[str, dict[str, Data]]:
    """By provider and table: the lines of the scope. The cross-region table has no agency (9.2)."""
    mine = Q(kind=rules.CROSS_REGION) | (Q(agency=scope.agency) if scope.agency else Q(agency__gte=""))
    year = DepositRefund.objects.filter(environment=scope.environment, year=scope.year, insurance=scope.insurance)
    found: dict[str, dict[str, Data]] = {}
    for code, paper, count, amount in (
        year.order_by()
        .values_list("provider_code", "kind")
        .annotate(lines=Count("pk", filter=mine), amount=Sum("refund", filter=mine))
    ):
        found.setdefault(code, {})[paper] = Data(count, amount or ZERO)
    return found


def fetched_tables(scope: Scope) -> set[str]:
    """The refund tables that were fetched for the scope's year and insurance."""
    year = RefundFetch.objects.filter(environment=scope.environment, year=scope.year, insurance=scope.insurance)
    return set(year.values_list("kind", flat=True))


def per_capita_regions(year: int) -> set[str]:
    """Regions that pay per head in that year: data, with the years they hold in."""
    listed = code_list("clearing.per_capita_regions")
    return {code for code, one in listed.codes.items() if one.holds(date(year, 12, 31))}


def registered_facts(own: Institution) -> rules.Facts:
    """What the institution is registered with."""
    return rules.Facts(own.kind, own.inpatient_chronic, own.cross_region, own.maternity, own.per_capita)


NAMED = (
    ("inpatient_or_chronic", "开通住院/慢病", "住院或慢病"),
    ("cross_region", "开通异地业务", "异地就医"),
    ("maternity", "开通生育业务", "生育"),
)


def contradictions(registered: rules.Facts, found: rules.Facts, region: str) -> tuple[str, ...]:
    """Sentences about everything in which the registration and the year's data differ."""
    said = []
    kinds = code_list("clearing.medins_type")
    if registered.kind != found.kind:
        said.append(f"登记为{kinds.label(registered.kind)}，清算数据中为{kinds.label(found.kind)}")
    for name, flag, business in NAMED:
        has, data = getattr(registered, name), getattr(found, name)
        if has != data:
            said.append(f"登记{'已' if has else '未'}{flag}，清算数据中{'有' if data else '没有'}{business}数据")
    if registered.per_capita != found.per_capita:
        where = code_list("clearing.insu_admdvs").label(region)
        pays = "按人头付费" if found.per_capita else "不按人头付费"
        said.append(f"登记{'为' if registered.per_capita else '未'}按人头付费，而{where}{pays}")
    return tuple(said)
