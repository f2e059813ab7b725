"""Which papers each provider of a scope has to print, and which of them were printed (clearing manual 9.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils import timezone

from clearing import rules
from clearing.models import ClearingRow, DuePapers, PaperState, PrintedPaper, Reckoning, RefundFetch, RowState, Scope
from clearing.models.printed import PAPERS
from clearing.services.printing_content import present
from clearing.services.printing_facts import Data, Provider, fetched_tables, providers_of
from portal.access.member import Member
from portal.gateway.crypto.sm3 import sm3

#: Prints of several providers that are looked at, newest first.
BOUND_PRINTS = 40
COUNTED = ("due", "printed", "waiting", "lacking", "superfluous")


def reckoned(scope: Scope, *, by: Member) -> QuerySet[DuePapers]:
    """What every provider of the scope has to print, up to date; reckons anew when anything behind it changed."""
    bring_up_to_date([scope], by=by)
    return DuePapers.objects.filter(**_exactly(scope))


@dataclass(frozen=True)
class PrintStanding:
    """Numbers of papers of a scope: due, printed and still current, waiting, without data, superfluous."""

    due: int = 0
    printed: int = 0
    waiting: int = 0
    lacking: int = 0
    superfluous: int = 0
    providers: int = 0


def print_standings(scopes: list[Scope], *, by: Member) -> dict[Scope, PrintStanding]:
    """How far printing is in several scopes of one environment; a fixed number of statements while nothing changed."""
    if not scopes:
        return {}
    bring_up_to_date(scopes, by=by)
    sums = (
        DuePapers.objects.filter(environment=scopes[0].environment, year__in={scope.year for scope in scopes})
        .order_by()
        .values("year", "insurance", "agency")
        .annotate(providers=Count("pk"), **{f"sum_{name}": Sum(name) for name in COUNTED})
    )
    found = {(one["year"], one["insurance"], one["agency"]): one for one in sums}
    return {scope: _standing(found.get((scope.year, scope.insurance, scope.agency))) for scope in scopes}


def standing_of(rows: QuerySet[DuePapers]) -> PrintStanding:
    """The numbers of these providers."""
    return _standing(rows.order_by().aggregate(providers=Count("pk"), **{f"sum_{name}": Sum(name) for name in COUNTED}))


def _standing(sums: Mapping[str, Any] | None) -> PrintStanding:
    if sums is None:
        return PrintStanding()
    return PrintStanding(providers=sums["providers"], **{name: sums[f"sum_{name}"] or 0 for name in COUNTED})


def _exactly(scope: Scope) -> dict[str, Any]:
    """Conditions on what is kept for this scope itself: an empty agency means the papers of all agencies together."""
    return scope.fields() | {"agency": scope.agency}


def bring_up_to_date(scopes: list[Scope], *, by: Member) -> None:
    """Reckon the scopes (of one environment) anew whose rows, refund tables, prints or registration changed."""
    stamps = _stamps(scopes, by)
    years = {scope.year for scope in scopes}
    marks = {
        (mark.year, mark.insurance, mark.agency): mark
        for mark in Reckoning.objects.filter(environment=scopes[0].environment, year__in=years)
    }
    for scope in scopes:
        mark, stamp = marks.get((scope.year, scope.insurance, scope.agency)), stamps[scope.year, scope.insurance]
        if mark is not None and mark.stamp == stamp:
            continue
        if mark is None:
            Reckoning.objects.get_or_create(**_exactly(scope))
        mark = Reckoning.objects.select_for_update().get(**_exactly(scope))
        if mark.stamp != stamp:
            _reckon(scope, by)
            mark.stamp, mark.reckoned_at = stamp, timezone.now()
            mark.save(update_fields=["stamp", "reckoned_at"])


def _stamps(scopes: list[Scope], by: Member) -> dict[tuple[int, str], str]:
    """By year and insurance: everything that due papers are reckoned from, as one digest."""
    where = {"environment": scopes[0].environment, "year__in": {scope.year for scope in scopes}}
    key = ("year", "insurance")
    rows = ClearingRow.objects.filter(**where).exclude(state=RowState.REVOKED).order_by().values_list(*key)
    held = Q(state__in=[RowState.APPLIED, RowState.APPROVED])
    told: dict[tuple[int, str], list[Any]] = {(scope.year, scope.insurance): [rules.RULES] for scope in scopes}
    parts: Iterable[Any] = (
        rows.annotate(Count("pk"), Max("fetched_at"), Max("state_at"), Sum("disburse"), held=Count("pk", filter=held)),
        RefundFetch.objects.filter(**where).order_by("kind").values_list(*key, "kind", "fetched_at", "count"),
        PrintedPaper.objects.filter(**where).order_by().values_list(*key).annotate(Count("pk"), Max("made_at")),
    )
    for part in parts:
        for line in part:
            if line[:2] in told:
                told[line[:2]].append(line)
    own = by.institution
    flags = own and (own.code, own.kind, own.inpatient_chronic, own.cross_region, own.maternity, own.per_capita)
    return {key: sm3(repr((lines, flags)).encode()).hex() for key, lines in told.items()}


def _reckon(scope: Scope, by: Member) -> None:
    prints = _Prints(scope)
    fetched = fetched_tables(scope)
    fresh = [_due_papers(scope, one, prints, fetched) for one in providers_of(scope, by.institution)]
    mine = DuePapers.objects.filter(**_exactly(scope))
    mine.exclude(provider_code__in=[one.provider_code for one in fresh]).delete()
    keyed = {"institution", "environment", "year", "insurance", "agency", "provider_code"}
    fields = [field.name for field in DuePapers._meta.local_concrete_fields if field.name not in (*keyed, "id")]
    DuePapers.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=sorted(keyed), update_fields=fields, batch_size=500
    )


def _due_papers(scope: Scope, one: Provider, prints: "_Prints", fetched: set[str]) -> DuePapers:
    answer = rules.due(one.facts)
    due = rules.of_agency(answer.papers, scope.agency)
    row = DuePapers(
        **_exactly(scope),
        provider_code=one.code,
        provider_name=one.name,
        provider_type=one.kind,
        region=one.region,
        is_own=one.is_own,
        inpatient_chronic=one.facts.inpatient_or_chronic,
        cross_region_open=one.facts.cross_region,
        maternity_open=one.facts.maternity,
        per_capita=one.facts.per_capita,
        rule=answer.rule.name,
        why=answer.why[:300],
        is_guess=answer.is_guess,
        contradictions=list(one.contradictions),
        due=len(due),
    )
    for paper in rules.PAPERS:
        state, told = _stands(scope, one, paper, paper in due, paper in answer.papers, prints, fetched)
        setattr(row, paper, state)
        row.printed += state == PaperState.PRINTED
        row.waiting += state in (PaperState.WAITING, PaperState.OUTDATED)
        row.lacking += state == PaperState.LACKING
        row.superfluous += state == PaperState.SUPERFLUOUS
        if told:
            row.about[paper] = told
    return row


def _stands(
    scope: Scope, one: Provider, paper: str, is_due: bool, is_ruled: bool, prints: "_Prints", fetched: set[str]
) -> tuple[PaperState, dict[str, Any]]:
    """Where the provider's paper stands, and why."""
    data, printed = one.data.get(paper), prints.of(paper, one.code)
    told: dict[str, Any] = {"count": data.count, "amount": f"{data.amount:.2f}"} if data else {}
    if printed:
        told |= {"at": printed.made_at.isoformat(), "by": printed.made_as, "format": printed.format}
    if not is_due:
        return _not_due(paper, data, printed, is_ruled, told)
    if data is None:
        return PaperState.LACKING, told | {"why": _lacking(scope, one, paper, fetched)}
    if printed and prints.is_current(printed, paper, one.code):
        return PaperState.PRINTED, told
    if printed:
        return PaperState.OUTDATED, told | {"why": "打印之后数据有变化，须重新打印"}
    if paper == rules.DISBURSEMENT and one.unapplied:
        told["why"] = f"另有 {one.unapplied} 条数据未申请，不在表内"
    return PaperState.WAITING, told


def _not_due(
    paper: str, data: Data | None, printed: PrintedPaper | None, is_ruled: bool, told: dict[str, Any]
) -> tuple[PaperState, dict[str, Any]]:
    title = PAPERS[paper]
    if printed and printed.provider_code and not is_ruled:
        return PaperState.SUPERFLUOUS, told | {"why": f"已单独打印{title}，但适用的规则不要求"}
    if data is None or is_ruled:
        return PaperState.NONE, {}
    if paper == rules.DISBURSEMENT:
        # Everybody who applied has rows of it; the rule says that this provider needs no paper of them.
        return PaperState.SPARE, told | {"why": f"有 {data.count} 条已申请的数据，按规则无需{title}"}
    return PaperState.SUPERFLUOUS, told | {"why": f"医保中心的{title}中有这家机构，但适用的规则不要求，请与中心核实"}


def _lacking(scope: Scope, one: Provider, paper: str, fetched: set[str]) -> str:
    if paper == rules.DISBURSEMENT:
        return f"{one.unapplied} 条清算数据都未申请，请先核对并提交清算申请"
    title = PAPERS[paper]
    if paper not in fetched:
        return f"{scope.year} 年{title}尚未从医保中心获取"
    return f"医保中心的{title}中没有这家机构"


class _Prints:
    """The prints of a scope, and whether they still show what the data say."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        without_agency = Q(paper=rules.CROSS_REGION)
        mine = PrintedPaper.objects.filter(
            (without_agency & Q(agency="")) | (~without_agency & Q(agency=scope.agency)),
            environment=scope.environment,
            year=scope.year,
            insurance=scope.insurance,
        )
        single = mine.exclude(provider_code="").order_by("paper", "provider_code", F("made_at").desc())
        self.single = {(one.paper, one.provider_code): one for one in single.distinct("paper", "provider_code")}
        self.bound = list(mine.filter(provider_code="").order_by("-made_at")[:BOUND_PRINTS])
        self._present: dict[str, dict[str, str]] = {}

    def of(self, paper: str, code: str) -> PrintedPaper | None:
        """The newest print that has this provider on it; one that is still current before one that is not."""
        bound = next((one for one in self.bound if one.paper == paper and code in one.covers), None)
        found = [one for one in (self.single.get((paper, code)), bound) if one]
        return max(found, key=lambda one: (self.is_current(one, paper, code), one.made_at), default=None)

    def is_current(self, printed: PrintedPaper, paper: str, code: str) -> bool:
        if paper not in self._present:
            self._present[paper] = present(paper, self.scope)
        return printed.covers.get(code) == self._present[paper].get(code)
