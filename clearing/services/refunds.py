"""The deposit-refund tables of 9.2 to 9.4: asked for by a job, replaced as a whole, laid beside the clearing rows.

The manual does not say which clearing rows a table stands for. We count as the sandbox does: the agency for other
regions is cross-region; of the rest, births are maternity; of what then is left, pharmacies, clinics and village
clinics are primary. A line whose provider has no such row here is not compared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db.models import Max, Q, QuerySet, Sum

from clearing import messages as wire
from clearing.actions import REFUNDS_FETCHED, REFUNDS_REQUESTED
from clearing.identities.refund import RefundLine, YearSums, broken_refund
from clearing.messages import QueryDepositRefund
from clearing.models import ClearingRow, DepositRefund, RefundFetch, RefundKind, Scope
from clearing.services.overview import live_rows
from clearing.services.reading import agencies
from clearing.services.refusals import Refused
from clearing.services.scopes import locked
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask
from portal.jobs import Job, JobState, start

REFUNDS = "clearing.refunds"
ELSEWHERE = "002"
#: The lines of a table as they are printed.
ORDER = ("region", "provider_code", "agency", "id")
_MATERNITY = Q(visit_type="005") | Q(clearing_type="53")
#: The clearing rows that each table stands for.
COUNTED = {
    RefundKind.CROSS_REGION: Q(agency=ELSEWHERE),
    RefundKind.MATERNITY: _MATERNITY & ~Q(agency=ELSEWHERE),
    RefundKind.PRIMARY: Q(provider_type__in=("pharmacy", "village", "clinic")) & ~_MATERNITY & ~Q(agency=ELSEWHERE),
}
Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Answer:
    """One line of the centre's table, and the agency it was asked for."""

    agency: str
    line: wire.DepositRefundRow


def whole(scope: Scope) -> Scope:
    """What one fetch brings: all agencies of the year and insurance."""
    return Scope(scope.environment, scope.year, scope.insurance)


def request_refunds(kind: str, scope: Scope, *, by: Member) -> Job:
    """Have a worker fetch the table of that kind for all agencies; joins a fetch that is on its way.

    Raises Refused for an unknown kind.
    """
    if kind not in RefundKind.values:
        raise Refused("返还类别：应为 cross_region、maternity 或 primary", field="kind")
    scope = whole(scope)
    label = RefundKind(kind).label
    params = {"environment": scope.environment, "year": scope.year, "insurance": scope.insurance, "kind": kind}
    job = start(REFUNDS, _key(kind, scope), by=by, title=f"获取{label}保证金返还数据：{scope}", params=params)
    if not job.joined:
        record(REFUNDS_REQUESTED, None, by=by, scope=str(scope), kind=label)
    return job


def _key(kind: str, scope: Scope) -> str:
    return f"{scope.environment}-{kind}-{scope.year}-{scope.insurance}"


def fetching(kind: str, scope: Scope) -> Job | None:
    """The newest fetch of that table, if it is on its way or did not end well."""
    job = Job.objects.filter(kind=REFUNDS, key=_key(kind, scope)).first()
    return job if job and (job.is_live or job.state == JobState.FAILED) else None


def ask_refunds(kind: str, scope: Scope, *, ask: Ask, progress: Progress) -> list[Answer]:
    """The centre's whole table; outside any transaction.

    Agency by agency, because a centre may leave the agency out of its lines; the cross-region table knows none (9.2).
    """
    year, insurance = str(scope.year), scope.insurance
    found: list[Answer] = []
    wanted = [""] if kind == RefundKind.CROSS_REGION else agencies(whole(scope))
    for step, agency in enumerate(wanted, start=1):
        reply = ask(QueryDepositRefund(kind=cast(Any, kind), year=year, aka080=insurance, qsjg00=agency or None))
        found += [Answer(line.qsjg00 or agency or ELSEWHERE, line) for line in reply.rows]
        progress(step, len(wanted), f"已获取 {len(found):,} 条")
    return found


def replace_refunds(
    kind: str, scope: Scope, answers: Iterable[Answer], *, asked_at: datetime, by: Member | None
) -> RefundFetch:
    """Put the centre's table in the place of what was there; all of it or nothing."""
    scope = whole(scope)
    locked(scope)
    fetch, _ = RefundFetch.objects.update_or_create(
        environment=scope.environment,
        year=scope.year,
        insurance=scope.insurance,
        kind=kind,
        defaults={"fetched_at": asked_at, "fetched_by": by.label[:100] if by else ""},
    )
    fetch.rows.all().delete()
    sums = year_sums(kind, scope)
    rows = [_row(fetch, answer, sums) for answer in answers]
    DepositRefund.objects.bulk_create(rows, batch_size=500)
    _sum_up(fetch, rows, sums)
    record(
        REFUNDS_FETCHED,
        fetch,
        by=None,
        scope=str(scope),
        kind=RefundKind(kind).label,
        count=fetch.count,
        total=f"{fetch.refund:,.2f}",
    )
    return fetch


Sums = dict[tuple[str, str], YearSums]


def year_sums(kind: str, scope: Scope) -> Sums:
    """Σ deposit and Σ refund of the clearing rows of that kind, by agency and provider code."""
    rows = live_rows(scope).filter(COUNTED[RefundKind(kind)]).order_by().values("agency", "provider_code")
    sums = rows.annotate(deposits=Sum("deposit"), refunds=Sum("deposit_refund"))
    return {(one["agency"], one["provider_code"]): YearSums(one["deposits"], one["refunds"]) for one in sums}


def _row(fetch: RefundFetch, answer: Answer, sums: Sums) -> DepositRefund:
    line = answer.line
    facts = RefundLine(line.insu_admdvs, line.deposit_amt, line.assess_score, line.deposit_refund_amt)
    broken = broken_refund(facts, sums.get((answer.agency, line.medins_code)))
    return DepositRefund(
        environment=fetch.environment,
        year=fetch.year,
        insurance=fetch.insurance,
        agency=answer.agency,
        kind=fetch.kind,
        fetch=fetch,
        provider_code=line.medins_code,
        provider_name=line.medins_name,
        provider_type=line.medins_type,
        region=line.insu_admdvs,
        deposit=line.deposit_amt,
        score=line.assess_score,
        refund=line.deposit_refund_amt,
        fetched_at=fetch.fetched_at,
        findings=[difference.as_json() for difference in broken],
        finding_count=len(broken),
    )


def _sum_up(fetch: RefundFetch, rows: list[DepositRefund], sums: Sums) -> None:
    fetch.count = len(rows)
    fetch.deposit = sum((row.deposit for row in rows), Decimal("0.00"))
    fetch.refund = sum((row.refund for row in rows), Decimal("0.00"))
    fetch.finding_count = sum(row.finding_count > 0 for row in rows)
    newest = live_rows(fetch.scope).aggregate(at=Max("fetched_at"))["at"]
    fetch.compared_at = newest if sums else None
    lacking = sums.keys() - {(row.agency, row.provider_code) for row in rows}
    fetch.note = f"清算数据中另有 {len(lacking)} 家机构的保证金不在这张表中" if lacking and rows else ""
    fetch.save()


def refund_rows(kind: str, scope: Scope) -> QuerySet[DepositRefund]:
    """The lines of the table that we hold, in the paper's order."""
    rows = DepositRefund.objects.filter(**scope.fields(), kind=kind)
    return rows.order_by(*ORDER)


def last_fetch(kind: str, scope: Scope) -> RefundFetch | None:
    """When and how the table was fetched; None when it never was."""
    return RefundFetch.objects.filter(**whole(scope).fields(), kind=kind).first()


def is_outdated(fetch: RefundFetch) -> bool:
    """Whether the clearing rows were fetched again since the table was."""
    rows = ClearingRow.objects.filter(**fetch.scope.fields())
    newest = rows.aggregate(at=Max("fetched_at"))["at"]
    return newest is not None and newest > fetch.fetched_at
