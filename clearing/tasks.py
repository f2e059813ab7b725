"""What the worker does for the clearing: fetch rows, ask about applications, make long papers."""

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.utils import timezone

from clearing.models import CrossRegionMonth, Generation, Scope
from clearing.papers import KINDS, PAPER, file_name, gather, recorded, write
from clearing.papers.merged import BOUND, Order
from clearing.papers.volume import print_due_papers
from clearing.services.cross_region.fetching import FETCH as FETCH_CROSS_REGION
from clearing.services.cross_region.fetching import fetch_month
from clearing.services.fetching import FETCH, fetch_generation
from clearing.services.months import FETCH_MONTHS, MonthQuery, fetch_months
from clearing.services.refunds import REFUNDS, ask_refunds, replace_refunds
from clearing.services.standing import ASK, ask_applications, take_applications
from portal.access.member import Member
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Job, Running, job


def asking(running: Running, environment: str) -> Ask:
    """Sends queries for the job's institution in that environment."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment))


@job(FETCH, title="获取清算数据", resumable=True, permission="clearing.rows.view")
def fetch(running: Running) -> str:
    """Bring a generation's rows here; starts again from the first page after a crash, which changes nothing twice."""
    generation_id = UUID(running.params["generation"])
    with running.tx():
        environment = Generation.objects.values_list("environment", flat=True).get(pk=generation_id)
    ask = asking(running, environment)
    more: dict[str, Any] = {"by": running.by, "job": running.id}
    tally = fetch_generation(generation_id, ask=ask, door=running.tx, progress=running.progress, **more)
    return f"共 {tally.count:,} 条：新增 {tally.added:,}，变化 {tally.changed:,}，消失 {tally.gone:,}"


@job(FETCH_MONTHS, title="获取月结数据", resumable=True, permission="clearing.rows.view")
def fetch_monthly(running: Running) -> str:
    """Bring months here, part by part; continues with the first unfinished part after a crash."""
    query = MonthQuery.of(running.params)
    return fetch_months(query, ask=asking(running, query.scope.environment), running=running)


@job(ASK, title="查询清算申请", resumable=True, permission="clearing.rows.view")
def ask_about_applications(running: Running) -> str:
    """Lay the centre's applications of one scope beside ours."""
    scope = scope_from(running.params)
    rows, asked_at = ask_applications(scope, asking(running, scope.environment))
    with running.tx():
        take_applications(scope, rows, asked_at)
    return f"中心有 {len(rows)} 份申请记录"


@job(REFUNDS, title="获取保证金返还数据", resumable=True, permission="clearing.papers.make")
def fetch_refunds(running: Running) -> str:
    """One deposit-refund table of a year and insurance, all agencies; replaces what was there, or changes nothing."""
    params = running.params
    kind, scope = params["kind"], Scope(params["environment"], params["year"], params["insurance"])
    asked_at = timezone.now()
    answers = ask_refunds(kind, scope, ask=asking(running, scope.environment), progress=running.progress)
    with running.tx():
        by = running.by or key_of(running)
        fetched = replace_refunds(kind, scope, answers, asked_at=asked_at, by=by)
    if not fetched.count:
        return "医保中心没有这个范围的保证金返还数据"
    return f"共 {fetched.count:,} 条，返还金额 {fetched.refund:,.2f} 元"


@job(PAPER, title="生成清算报表", resumable=True, permission="clearing.papers.make")
def make_paper(running: Running) -> str:
    """A paper with many rows; the job's result. Printing takes seconds, so nothing is open meanwhile."""
    kind, fmt = KINDS[running.params["paper"]], running.params["format"]
    with running.tx():
        by = running.by or key_of(running)
        paper = gather(kind.name, scope_from(running.params), by=by, providers=running.params["providers"])
    running.progress(0, paper.count, f"正在生成，共 {paper.count:,} 条")
    content = write(paper, fmt)
    with running.tx():
        recorded(paper, fmt, by=by)
    running.result(file_name(paper, fmt), content)
    running.progress(paper.count, paper.count)
    return f"共 {paper.count:,} 条，{kind.payable_label} {paper.payable:,.2f} 元"


@job(FETCH_CROSS_REGION, title="获取异地清分明细", resumable=True, permission="clearing.cross_region.view")
def fetch_cross_region(running: Running) -> str:
    """Bring a month's cross-region settlements here; starts again from the first row after a crash."""
    month_id = UUID(running.params["month"])
    with running.tx():
        environment = CrossRegionMonth.objects.values_list("environment", flat=True).get(pk=month_id)
    tally = fetch_month(month_id, ask=asking(running, environment), door=running.tx, progress=running.progress)
    return f"共 {tally.count:,} 条：新增 {tally.added:,}，变化 {tally.changed:,}，消失 {tally.gone:,}"


@job(BOUND, title="打印应打印报表", resumable=True, permission="clearing.papers.make")
def bind_due_papers(running: Running) -> str:
    """Everything due of a scope or of many providers, as one file; goes on from what is printed after a break."""
    with running.tx():
        by = running.by or key_of(running)
    return print_due_papers(Order.of(running.params), running, by)


def scope_from(params: dict[str, Any]) -> Scope:
    return Scope(params["environment"], params["year"], params["insurance"], params["agency"])


def key_of(running: Running) -> Member:
    """The interface key that started the job."""
    mine = Job.objects.select_related("institution").get(pk=running.id)
    return Member(None, mine.institution, frozenset(), key=mine.started_label.removeprefix("接口密钥 "))
