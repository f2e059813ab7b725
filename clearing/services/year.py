"""A clearing year at a glance: a fixed number of statements, however many insurances, agencies and rows it has."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from clearing.models import Application, ApplicationState, ClearingRow, Generation, GenerationState, RowState, Scope
from clearing.services.overview import OPEN_FINDING, ZERO
from portal.gateway.journal.states import DOUBTFUL

#: What each rule about a row finds (`rule` of a finding), as a chart names it.
KINDS = {
    "amount_out_of_bounds": "金额超出范围",
    "fund_due_is_monthly_sum": "基金应付与各月合计不符",
    "disbursement_adds_up": "拨付金额不平",
    "deposit_refund_follows_score": "保证金返还与考核不符",
    "changed_after_verification": "核对后中心改动",
}


@dataclass
class Tally:
    """Numbers of rows and yuan of a scope or a region; revoked rows count nowhere."""

    rows: int = 0
    findings: int = 0
    disburse: Decimal = ZERO
    by_state: dict[str, int] = field(default_factory=dict)
    disburse_by_state: dict[str, Decimal] = field(default_factory=dict)
    verified_at: datetime | None = None

    def add(self, state: str, rows: int, findings: int, disburse: Decimal, verified_at: datetime | None) -> None:
        self.rows += rows
        self.findings += findings
        self.disburse += disburse
        self.by_state[state] = self.by_state.get(state, 0) + rows
        self.disburse_by_state[state] = self.disburse_by_state.get(state, ZERO) + disburse
        self.verified_at = max(filter(None, [self.verified_at, verified_at]), default=None)

    @property
    def unverified(self) -> int:
        return self.by_state.get(RowState.GENERATED, 0)

    @property
    def verified(self) -> int:
        """Rows that were verified, whatever came after."""
        return self.rows - self.unverified

    @property
    def ready(self) -> int:
        """Rows that an application would take."""
        return self.by_state.get(RowState.VERIFIED, 0)

    @property
    def applied(self) -> int:
        return self.by_state.get(RowState.APPLIED, 0) + self.by_state.get(RowState.APPROVED, 0)

    @property
    def verified_disburse(self) -> Decimal:
        return self.disburse - self.disburse_by_state.get(RowState.GENERATED, ZERO)


@dataclass(frozen=True)
class Busy:
    """Rows of a scope that an unfinished operation has: all, and those with an unknown outcome."""

    running: int = 0
    doubtful: int = 0


@dataclass(frozen=True)
class Line:
    """One insurance and agency of the year, and where its four steps stand."""

    scope: Scope
    tally: Tally
    generation: Generation | None
    application: Application | None
    busy: Busy
    verified_as: str


class Year:
    """Read inside the institution's door; nothing is asked of the database before it is needed."""

    def __init__(self, environment: str, year: int) -> None:
        self.environment, self.year = environment, year

    @property
    def rows(self) -> QuerySet[Any]:
        mine = ClearingRow.objects.filter(environment=self.environment, year=self.year)
        return mine.exclude(state=RowState.REVOKED)

    @cached_property
    def _groups(self) -> list[dict[str, Any]]:
        return list(
            self.rows.order_by()
            .values("insurance", "agency", "region", "state")
            .annotate(
                rows=Count("pk"), findings=Count("pk", filter=OPEN_FINDING), sum=Sum("disburse"), at=Max("verified_at")
            )
        )

    @cached_property
    def scopes(self) -> dict[tuple[str, ...], Tally]:
        """By insurance and agency, in the order of their codes."""
        return self._tallies("insurance", "agency")

    @cached_property
    def regions(self) -> dict[tuple[str, ...], Tally]:
        return self._tallies("region")

    @cached_property
    def total(self) -> Tally:
        return self._tallies().get((), Tally())

    def _tallies(self, *names: str) -> dict[tuple[str, ...], Tally]:
        found: dict[tuple[str, ...], Tally] = {}
        for group in sorted(self._groups, key=lambda one: [one[name] for name in names]):
            tally = found.setdefault(tuple(group[name] for name in names), Tally())
            tally.add(group["state"], group["rows"], group["findings"], group["sum"], group["at"])
        return found

    @cached_property
    def providers(self) -> int:
        """Institutions that take part; grouped, because a database sorts to count distinct values."""
        found: int = self.rows.order_by().values("provider_code").annotate(rows=Count("pk")).count()
        return found

    @cached_property
    def applications(self) -> list[Application]:
        """Those that are on their way or held by the centre, newest first."""
        mine = Application.objects.filter(
            environment=self.environment, year=self.year, state__in=ApplicationState.live()
        )
        return list(mine.select_related("operation", "cancellation", "submitted_by", "approved_by"))

    @cached_property
    def generations(self) -> list[Generation]:
        """Those that are not over, newest first."""
        mine = Generation.objects.filter(environment=self.environment, year=self.year, state__in=GenerationState.live())
        return list(mine.select_related("requested_by", "operation", "revocation"))

    @cached_property
    def lines(self) -> list[Line]:
        """Every insurance and agency with rows, then what is still being generated and has none yet."""
        return [*self._with_rows(), *self._without_rows()]

    def _with_rows(self) -> Iterator[Line]:
        busy, names = self._busy(), self._names()
        for key, tally in self.scopes.items():
            scope = Scope(self.environment, self.year, *key)
            applications = (one for one in self.applications if (one.insurance, one.agency) == key)
            generations = (one for one in self.generations if (one.insurance, one.agency or key[1]) == key)
            yield Line(
                scope,
                tally,
                next(generations, None),
                next(applications, None),
                busy.get(key, Busy()),
                names.get(key, ""),
            )

    def _without_rows(self) -> Iterator[Line]:
        for one in self.generations:
            if not any(
                (one.insurance, one.agency or agency) == (insurance, agency) for insurance, agency in self.scopes
            ):
                yield Line(one.scope, Tally(), one, None, Busy(), "")

    def _busy(self) -> dict[tuple[str, ...], Busy]:
        groups = (
            self.rows.filter(operation__isnull=False)
            .order_by()
            .values_list("insurance", "agency")
            .annotate(running=Count("pk"), doubtful=Count("pk", filter=Q(operation__state__in=DOUBTFUL)))
        )
        return {(insurance, agency): Busy(running, doubtful) for insurance, agency, running, doubtful in groups}

    def _names(self) -> dict[tuple[str, ...], str]:
        """Who verified last, by insurance and agency."""
        last = Q(pk__in=[])
        for (insurance, agency), tally in self.scopes.items():
            if tally.verified_at:
                last |= Q(insurance=insurance, agency=agency, verified_at=tally.verified_at)
        found = self.rows.filter(last).order_by("insurance", "agency").distinct("insurance", "agency")
        return {(one[0], one[1]): one[2] for one in found.values_list("insurance", "agency", "verified_as")}

    @cached_property
    def differences(self) -> list[tuple[str, str, int, int]]:
        """Rule, its name, rows with such a difference that nobody accepted, and rows where somebody did."""
        broken = {name: Q(findings__contains=[{"rule": name}]) for name in KINDS}
        counts: dict[str, Any] = {
            f"open_{name}": Count("pk", filter=hit & OPEN_FINDING) for name, hit in broken.items()
        }
        counts |= {f"accepted_{name}": Count("pk", filter=hit & ~OPEN_FINDING) for name, hit in broken.items()}
        found = self.rows.filter(finding_count__gt=0).aggregate(**counts)
        return [(name, label, found[f"open_{name}"], found[f"accepted_{name}"]) for name, label in KINDS.items()]


def known_years(environment: str) -> list[int]:
    """Years with something generated, newest first."""
    mine = Generation.objects.filter(environment=environment, state__in=GenerationState.live())
    return list(mine.order_by("-year").values_list("year", flat=True).distinct())
