"""提交前检查: everything about a scope that a clerk should know before its application; changes nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, Sum
from django.utils import timezone

from clearing.identities import SEVERITIES, Broken, Issue, Line, Provider, Scene, issues
from clearing.models import ChangeKind, Month, MonthKind, MonthRead, RowChange, RowState, Scope
from clearing.models.month import ReadState
from clearing.services.comparing import snapshots
from clearing.services.overview import Preview, live_rows, preview
from portal.codes import code_list

FIELDS = (
    *("pk", "row_id", "provider_code", "provider_name", "region", "visit_type", "clearing_type", "state"),
    *("fund_due", "monthly_paid", "medical_fee", "visit_count", "disburse"),
    *("findings", "accepted_at", "accepted_reason"),
)
#: What a row and its months share, and what of them must be equal.
KEY = ("provider_code", "region", "visit_type", "clearing_type")
SUMMED = ("fund_due", "monthly_paid", "medical_fee", "visit_count")
#: Rules about rows, for the filter of the lists.
ABOUT_ROWS = {
    "broken": "核算不一致，未接受",
    "broken_verified": "已核对的数据不平",
    "months": "各月合计与年度不符",
    "changed_verified": "核对后有改动，未接受",
    "changed_accepted": "核对后有改动，已接受",
    "accepted": "有差异，已接受",
    "unverified": "尚未核对",
    "duplicates": "疑似重复",
    "negative": "拨付金额为负",
    "zero": "金额为零",
    "far": "与上年相差较大",
    "fresh": "最近一次获取的变动",
    "months_none": "没有月结",
    "months_unread": "月结未获取",
}


@dataclass(frozen=True)
class Check:
    """What was found, the severest first; `preview` is what the application would take."""

    scope: Scope
    preview: Preview
    issues: tuple[Issue, ...]
    fetched_at: datetime | None

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Severity, its label, and how many findings there are of it."""
        return [
            (severity, label, sum(issue.severity == severity for issue in self.issues))
            for severity, label in SEVERITIES.items()
        ]

    @property
    def blocks(self) -> bool:
        return any(issue.severity == "block" for issue in self.issues)


def check_application(scope: Scope) -> Check:
    """Run every rule over the scope's live rows; inside the door."""
    last = _last_fetch(scope)
    before = preview(scope)
    return Check(scope, before, issues(scene_of(scope, last, tuple(before.obstacles))), last[0] if last else None)


def scene_of(scope: Scope, last: list[datetime] | None = None, obstacles: tuple[str, ...] = ()) -> Scene:
    """The scope as the rules see it. `last`: when the last fetch ended, and when the one before it did."""
    fetches = last if last is not None else _last_fetch(scope)
    fresh, gone = _fresh(scope, fetches)
    months = months_of(scope)
    hours = (timezone.now() - fetches[0]).total_seconds() / 3600 if fetches else None
    return Scene(
        lines=tuple(_lines(scope, months)),
        last_year=_last_year(scope),
        elsewhere=tuple(_elsewhere(scope, months)),
        fresh=fresh,
        gone=gone,
        obstacles=obstacles,
        age=hours,
    )


def rows_of_issue(scope: Scope, rule: str) -> frozenset[str]:
    """Keys of the rows that a rule finds now; empty when it finds none."""
    found = [issue.keys for issue in issues(scene_of(scope)) if issue.rule == rule]
    return frozenset().union(*found)


@dataclass(frozen=True)
class Months:
    """Σ of the months by provider, region, visit type and clearing type; the visit types that were read at all."""

    sums: dict[tuple[str, ...], tuple[Any, ...]]
    read: frozenset[str]

    def result(self, row: dict[str, Any]) -> str:
        """What laying the months beside the row finds."""
        if row["visit_type"] not in self.read:
            return "unread"
        found = self.sums.get(tuple(row[name] for name in KEY))
        if found is None:
            return "none"
        return "equal" if found[:-1] == tuple(row[name] for name in SUMMED) else "differs"


def months_of(scope: Scope) -> Months:
    """One pass over the months: a sum for each row would be asked thousands of times."""
    narrowed = {name: value for name, value in scope.fields().items() if name != "environment"}
    rows = Month.shown(scope.environment).filter(**narrowed).order_by()
    sums = rows.values_list(*KEY).annotate(*(Sum(name) for name in SUMMED), Max("provider_name"))
    current = MonthRead.objects.filter(**scope.fields(), kind=MonthKind.SUMMARY, state=ReadState.CURRENT)
    read = current.order_by().values_list("visit_type", flat=True).distinct()
    return Months({one[: len(KEY)]: one[len(KEY) :] for one in sums}, frozenset(read))


def _lines(scope: Scope, months: Months) -> Iterator[Line]:
    rows = live_rows(scope).order_by()
    types = code_list("clearing.akc191"), code_list("clearing.clr_type")
    for found in rows.values_list(*FIELDS):
        row = dict(zip(FIELDS, found, strict=True))
        broken = tuple(Broken(one["rule"], one["field"], one["ours"], one["theirs"]) for one in row["findings"])
        yield Line(
            key=str(row["pk"]),
            row_id=row["row_id"],
            provider_code=row["provider_code"],
            provider_name=row["provider_name"],
            region=row["region"],
            visit_type=row["visit_type"],
            clearing_type=row["clearing_type"],
            what=f"{types[0].label(row['visit_type'])} {types[1].label(row['clearing_type'])}",
            verified=row["state"] != RowState.GENERATED,
            fund_due=row["fund_due"],
            disburse=row["disburse"],
            broken=broken,
            accepted=(row["accepted_reason"] or "已接受") if row["accepted_at"] else "",
            months=months.result(row),
        )


def _last_year(scope: Scope) -> dict[str, Provider]:
    before = Scope(scope.environment, scope.year - 1, scope.insurance, scope.agency)
    return {one.code: one for one in _providers(before, "上年清算")}


def _elsewhere(scope: Scope, months: Months) -> Iterator[Provider]:
    """Institutions of this year's months, and of the other insurance at the same agency."""
    due: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for key, found in months.sums.items():
        due[key[0], found[-1]] += found[0]
    for (code, name), amount in due.items():
        yield Provider(code, name, amount, "本年月结", scope.year, scope.insurance, has_months=True)
    for code, label in code_list("clearing.aka080").choices():
        if code != scope.insurance:
            other = Scope(scope.environment, scope.year, code, scope.agency)
            yield from _providers(other, f"本年{label.removesuffix('基本医疗保险')}")


def _providers(scope: Scope, where: str) -> Iterator[Provider]:
    sums = live_rows(scope).order_by("provider_code").values_list("provider_code").annotate(due=Sum("fund_due"))
    names = dict(live_rows(scope).order_by().values_list("provider_code", "provider_name"))
    for code, due in sums:
        yield Provider(code, names.get(code, ""), due, where, scope.year, scope.insurance)


def _last_fetch(scope: Scope) -> list[datetime]:
    """When the last fetch of the scope ended, and the one before."""
    return [one.finished_at for one in snapshots(scope)[:2]]


def _fresh(scope: Scope, fetches: list[datetime]) -> tuple[frozenset[str], int]:
    """Keys of the rows that the last fetch changed or brought, and how many it found gone; nothing for the first."""
    if len(fetches) < 2:
        return frozenset(), 0
    mine = {f"row__{name}": value for name, value in scope.fields().items()}
    told = Q(kind__in=[ChangeKind.FIGURE, ChangeKind.FETCHED, ChangeKind.RETURNED, ChangeKind.GONE])
    changes = RowChange.objects.filter(told, **mine, at__gt=fetches[1], at__lte=fetches[0])
    found = set(changes.values_list("row_id", "kind"))
    gone = {key for key, kind in found if kind == ChangeKind.GONE}
    return frozenset(str(key) for key, _ in found if key not in gone), len(gone)
