"""The deposit-refund tables (9.2 to 9.4): what was fetched last, and when."""

from datetime import datetime
from functools import partial

from django.utils import timezone

from clearing.models import RefundKind, Scope
from clearing.papers.source import Source, dates_of
from clearing.services.refunds import ORDER, last_fetch, refund_rows


def _missing(kind: str, scope: Scope) -> str:
    label, fetch = RefundKind(kind).label, last_fetch(kind, scope)
    if fetch is None:
        return f"{scope}还没有{label}保证金返还数据，请先点“获取数据”"
    at = f"{timezone.localtime(fetch.fetched_at):%Y-%m-%d %H:%M}"
    return f"{scope}没有{label}保证金返还数据（{at} 向医保中心获取）"


def _facts(kind: str, scope: Scope) -> tuple[tuple[str, str], ...]:
    fetch = last_fetch(kind, scope)
    at = [("数据时间", f"{timezone.localtime(fetch.fetched_at):%Y-%m-%d %H:%M}")] if fetch else []
    return dates_of(scope.year), *at


def _changed_at(kind: str, scope: Scope) -> datetime | None:
    fetch = last_fetch(kind, scope)
    return fetch.fetched_at if fetch else None


SOURCES = {
    str(kind): Source(
        ORDER, partial(refund_rows, kind), partial(_missing, kind), partial(_facts, kind), partial(_changed_at, kind)
    )
    for kind in RefundKind
}
