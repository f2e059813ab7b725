"""A scope made of rows instead of a wire: providers of chosen business, refund tables, applications."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from clearing.models import ClearingRow, DepositRefund, Generation, GenerationState, RefundFetch, RowState, Scope
from clearing.services.printing import reckoned
from portal.access.member import Member

SCOPE = Scope("test", 2025, "001", "")
#: Visit type and clearing type by business.
SERVICES = {"outpatient": ("001", "11"), "inpatient": ("002", "21"), "chronic": ("003", "14"), "birth": ("005", "21")}


class City:
    """Puts providers and their data into one scope; inside the institution's door."""

    def __init__(self, scope: Scope = SCOPE) -> None:
        self.scope = scope
        self.generation, _ = Generation.objects.get_or_create(
            environment=scope.environment, year=scope.year, insurance=scope.insurance, state=GenerationState.READY
        )
        self.number = ClearingRow.objects.count()

    def provider(
        self,
        code: str,
        kind: str = "hospital",
        *services: str,
        region: str = "140213",
        agency: str = "003",
        state: str = RowState.APPLIED,
        name: str = "",
        amount: Decimal = Decimal("100.00"),
    ) -> str:
        """One row for each service of the provider."""
        rows = []
        for service in services or ("outpatient",):
            self.number += 1
            visit, clearing = SERVICES[service]
            rows.append(
                ClearingRow(
                    **(self.scope.fields() | {"agency": agency}),
                    row_id=f"R{self.scope.year}{self.scope.insurance}{self.number:06d}",
                    provider_code=code,
                    provider_name=name or f"机构{code}",
                    provider_type=kind,
                    region=region,
                    visit_type=visit,
                    clearing_type=clearing,
                    visit_count=10,
                    medical_fee=amount * 20,
                    fund_due=amount * 10,
                    monthly_paid=amount * 8,
                    deposit=amount,
                    deduction=Decimal(),
                    score=Decimal("95"),
                    deposit_refund=amount,
                    disburse=amount,
                    state=state,
                    generation=self.generation,
                    fetched_at=timezone.now(),
                )
            )
        ClearingRow.objects.bulk_create(rows)
        return code

    def table(self, kind: str, *codes: str, agency: str = "003", refund: Decimal = Decimal("50.00")) -> None:
        """The refund table of that kind was fetched and has a line for each of the codes."""
        year = {name: getattr(self.scope, name) for name in ("environment", "year", "insurance")}
        fetch = RefundFetch.objects.create(**year, kind=kind, fetched_at=timezone.now(), count=len(codes))
        known = {row.provider_code: row for row in ClearingRow.objects.filter(provider_code__in=codes)}
        DepositRefund.objects.bulk_create(
            DepositRefund(
                **year,
                agency="002" if kind == "cross_region" else agency,
                kind=kind,
                fetch=fetch,
                provider_code=code,
                provider_name=known[code].provider_name,
                provider_type=known[code].provider_type,
                region=known[code].region,
                deposit=refund * 2,
                score=Decimal("95"),
                refund=refund,
                fetched_at=fetch.fetched_at,
            )
            for code in codes
        )


def due_of(code: str, by: Member, scope: Scope = SCOPE) -> Any:
    """The provider's line of the list."""
    return reckoned(scope, by=by).get(provider_code=code)


def full_city(city: City, providers: int = 6) -> list[str]:
    """Hospitals with every business, pharmacies, one village clinic, all applied for and all tables fetched."""
    hospitals = [
        city.provider(
            f"H{number:011d}", "hospital", "outpatient", "inpatient", "birth", region=f"1402{12 + number % 4}"
        )
        for number in range(providers // 2)
    ]
    for code in hospitals:
        city.provider(code, "hospital", "outpatient", agency="002", region="140213")
    shops = [
        city.provider(f"P{number:011d}", "pharmacy", region="140213") for number in range(providers - len(hospitals))
    ]
    city.table("cross_region", *hospitals)
    city.table("maternity", *hospitals)
    city.table("primary", *shops)
    return [*hospitals, *shops]
