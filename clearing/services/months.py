"""月结查询: having the centre's months read, and what is known of the readings that count (clearing manual ch. 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from clearing.actions import MONTHS_FETCHED, MONTHS_REQUESTED
from clearing.models import Month, MonthKind, MonthRead, MonthTotal, Scope
from clearing.models.month import MONTHS, ReadState
from clearing.services.month_reading import Part, done_by, read_part
from clearing.services.reading import agencies
from clearing.services.refusals import Refused
from clearing.services.storing import Months
from portal.access.member import Member
from portal.audit import record
from portal.codes import code_list
from portal.gateway.journal import Ask
from portal.jobs import Job, Running, start
from portal.jobs.models import LIVE

FETCH_MONTHS = "clearing.months"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MonthQuery:
    """What the manual's query names: kind, scope (agency "" = all), visit type ("" = all), month (None = all)."""

    kind: MonthKind
    scope: Scope
    visit_type: str = ""
    month: int | None = None

    def __str__(self) -> str:
        visit = code_list("clearing.akc191").label(self.visit_type) if self.visit_type else ""
        return f"{self.scope}{visit}{f' {self.month} 月' if self.month else ''}"

    @property
    def key(self) -> str:
        """Two requests with the same key are one job."""
        wide = f"{self.visit_type or '*'}-{self.month or '*'}"
        return f"{self.kind}-{self.scope.environment}-{self.scope.key}-{wide}"

    @property
    def params(self) -> dict[str, Any]:
        scope = self.scope
        return {
            "kind": str(self.kind),
            "environment": scope.environment,
            "year": scope.year,
            "insurance": scope.insurance,
            "agency": scope.agency,
            "visit_type": self.visit_type,
            "month": self.month,
        }

    @classmethod
    def of(cls, params: dict[str, Any]) -> "MonthQuery":
        """From a job's parameters."""
        scope = Scope(params["environment"], params["year"], params["insurance"], params["agency"])
        return cls(MonthKind(params["kind"]), scope, params["visit_type"], params["month"])

    def cells(self) -> QuerySet[MonthRead]:
        """The readings that count for the query."""
        more: dict[str, Any] = {"visit_type": self.visit_type} if self.visit_type else {}
        more |= {"month": self.month} if self.month else {}
        return self.shown(self.kind, **self.scope.fields(), **more)

    @staticmethod
    def shown(kind: MonthKind, environment: str, **conditions: Any) -> QuerySet[MonthRead]:
        """The readings that count, of everything that fits the conditions."""
        return MonthRead.objects.filter(environment=environment, kind=kind, state=ReadState.CURRENT, **conditions)

    def parts(self) -> list[Part]:
        """What is read and replaced one after the other: sums a year at a time, settlements a month at a time."""
        visits = [self.visit_type] if self.visit_type else [code for code, _ in code_list("clearing.akc191").choices()]
        months = (self.month,) if self.month else tuple(MONTHS)
        turns = [months] if self.kind == MonthKind.SUMMARY else [(month,) for month in months]
        scopes = [self.scope_of(agency) for agency in agencies(self.scope)]
        return [Part(self.kind, one, visit, turn) for one in scopes for visit in visits for turn in turns]

    def scope_of(self, agency: str) -> Scope:
        return Scope(self.scope.environment, self.scope.year, self.scope.insurance, agency)


def request_months(query: MonthQuery, *, by: Member) -> Job:
    """Have a worker read the months again; joins a running fetch of the same. What is shown stays until it is read.

    Raises Refused for a visit type or month that does not exist.
    """
    if query.visit_type and query.visit_type not in code_list("clearing.akc191"):
        raise Refused("结算类型：应为 001、002、003 或 005，留空表示全部", field="visit_type")
    if query.month is not None and query.month not in MONTHS:
        raise Refused("月份：应为 1 至 12，留空表示全年", field="month")
    what = str(MonthKind(query.kind).label)
    job = start(FETCH_MONTHS, query.key, by=by, title=f"获取{what}：{query}", params=query.params)
    if not job.joined:
        record(MONTHS_REQUESTED, None, by=by, what=what, scope=str(query))
    return job


def fetch_months(query: MonthQuery, *, ask: Ask, running: Running) -> str:
    """Read every part of the query; a part is shown as soon as all of it is here. The job's closing note.

    After a crash the parts that this job finished are not read again. Errors of `ask` end it.
    """
    parts, rows = query.parts(), 0
    with running.tx():
        done = done_by(running.id)
    for number, part in enumerate(parts):
        if part in done:
            continue
        running.pause_if_late()

        def say(count: int, total: int, part: Part = part, number: int = number) -> None:
            running.progress(number, len(parts), f"{part}：已获取 {count:,} / {total:,} 条")

        running.progress(number, len(parts), str(part))
        rows += read_part(part, ask=ask, door=running.tx, say=say, job=running.id, reader=running.by)
    running.progress(len(parts), len(parts))
    with running.tx():
        found = query.cells().aggregate(rows=Sum("count", default=0))
        count = found["rows"]
        what = str(MonthKind(query.kind).label)
        record(MONTHS_FETCHED, None, by=running.by, what=what, scope=str(query), count=count)
    return f"共 {count:,} 条"


@dataclass(frozen=True)
class Freshness:
    """When and for whom the shown months were fetched; None where nothing was."""

    first_at: datetime | None
    last_at: datetime | None
    who: list[str]
    cells: int
    rows: int

    @property
    def is_known(self) -> bool:
        return self.last_at is not None


def freshness(cells: QuerySet[MonthRead]) -> Freshness:
    """Of the readings behind a list."""
    found = cells.aggregate(
        first=Min("fetched_at"), last=Max("fetched_at"), n=Count("pk"), rows=Sum("count", default=0)
    )
    who = list(cells.order_by("fetched_label").values_list("fetched_label", flat=True).distinct()[:4])
    return Freshness(found["first"], found["last"], [name for name in who if name], found["n"], found["rows"])


def running_fetches(kind: MonthKind, environment: str) -> list[Job]:
    """Fetches of this kind that are on their way, newest first."""
    live = Job.objects.filter(kind=FETCH_MONTHS, state__in=LIVE, params__kind=str(kind))
    return list(live.filter(params__environment=environment).order_by("-created_at"))


def months_due(parts: Iterable[Part]) -> Months:
    """Σ of the months' amounts due in the shown readings of these parts: what a row's amount due must equal."""
    which = Q(pk__in=[])
    for part in parts:
        which |= Q(**part.scope.fields(), visit_type=part.visit_type)
    keys = ("agency", "provider_code", "region", "visit_type", "clearing_type")
    found = MonthTotal.objects.filter(which).order_by().values_list(*keys, "fund_due")
    return {tuple(key): due for *key, due in found}


@dataclass(frozen=True)
class MonthSum:
    """One month over a whole list; amounts in yuan."""

    month: int
    rows: int = 0
    visits: int = 0
    medical_fee: Decimal = ZERO
    fund_due: Decimal = ZERO
    monthly_paid: Decimal = ZERO


def by_month(rows: QuerySet[Month]) -> list[MonthSum]:
    """Sums of the twelve months, by SQL; a month without rows has zeros."""
    sums = [Sum(name) for name in ("visit_count", "medical_fee", "fund_due", "monthly_paid")]
    found = rows.order_by().values_list("month").annotate(Count("pk"), *sums)
    known = {month: MonthSum(month, *values) for month, *values in found}
    return [known.get(month, MonthSum(month)) for month in MONTHS]
