"""Reading what stands on a paper, inside the institution's door."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from clearing.models import Scope
from clearing.papers import disbursement, refund
from clearing.papers.kinds import KINDS, PaperKind
from clearing.papers.paper import Paper
from clearing.papers.source import Source, dates_of
from clearing.services.refusals import Refused
from portal.access.member import Member
from portal.audit.checkpoints import latest_mark
from portal.codes import code_list

SOURCES: dict[str, Source] = {"disbursement": disbursement.SOURCE, **refund.SOURCES}


def gather(kind_name: str, scope: Scope, *, by: Member, providers: Collection[str] | None = None) -> Paper:
    """The scope's paper of that kind (a name in KINDS), ready to be written; the rows of `providers` only when given.

    Raises Refused with a sentence when there is nothing to print.
    """
    kind, source = KINDS[kind_name], SOURCES[kind_name]
    scope = kind.scope_of(scope)
    codes = codes_of(providers)
    rows = list(_rows(kind_name, scope, codes))
    if not rows:
        raise Refused(_missing(kind_name, scope, codes))
    about = _chosen_words(rows) if codes else ""
    paper = _bare(kind, scope, about, by)
    paper.facts, paper.providers = source.facts(scope), codes
    return paper.take(rows, _regions())


def gather_chosen(kind_name: str, rows: QuerySet[Any], *, by: Member) -> Paper:
    """The paper of rows that somebody ticked; raises Refused when they do not belong on one paper."""
    if KINDS[kind_name].is_refund and rows.exclude(kind=kind_name).exists():
        raise Refused(f"所选数据不都是{KINDS[kind_name].short}数据，请用“返还类别”筛选后再选")
    return of_rows(kind_name, list(rows.order_by(*SOURCES[kind_name].order)), by=by)


def of_rows(kind_name: str, rows: Collection[Any], *, by: Member) -> Paper:
    """The paper of these rows, in their order within each region; raises Refused when they do not belong together."""
    scope = one_scope(rows)
    paper = _bare(KINDS[kind_name], KINDS[kind_name].scope_of(scope), "所选数据", by)
    paper.facts, paper.is_chosen = (dates_of(scope.year),), True
    return paper.take(rows, _regions())


def one_scope(rows: Collection[Any]) -> Scope:
    """The scope that the rows share; Refused when there is none. Rows of several agencies are of all agencies."""
    found = {(row.environment, row.year, row.insurance) for row in rows}
    if len(found) != 1:
        raise Refused("请选择同一运行环境、同一年份、同一险种的数据" if found else "请先选择数据")
    [key] = found
    agencies = {row.agency for row in rows}
    return Scope(*key, agencies.pop() if len(agencies) == 1 else "")


def gather_for(kind_name: str, rows: QuerySet[Any], *, by: Member) -> Paper:
    """The paper of that kind for the institutions of clearing rows that somebody ticked; raises Refused like gather."""
    ticked = list(rows)
    return gather(kind_name, one_scope(ticked), by=by, providers={row.provider_code for row in ticked})


def count_of(kind_name: str, scope: Scope, *, providers: Collection[str] | None = None) -> int:
    """How many rows the paper will have; raises Refused when there is nothing to print."""
    scope, codes = KINDS[kind_name].scope_of(scope), codes_of(providers)
    count = _rows(kind_name, scope, codes).count()
    if not count:
        raise Refused(_missing(kind_name, scope, codes))
    return count


def codes_of(providers: Collection[str] | None) -> tuple[str, ...]:
    """The codes without repetition, in order; empty means all."""
    return tuple(sorted(set(providers or ())))


def _rows(kind_name: str, scope: Scope, codes: tuple[str, ...]) -> QuerySet[Any]:
    rows = SOURCES[kind_name].rows(scope)
    return rows.filter(provider_code__in=codes) if codes else rows


def _missing(kind_name: str, scope: Scope, codes: tuple[str, ...]) -> str:
    if codes and SOURCES[kind_name].rows(scope).exists():
        named = "、".join(codes[:3]) + (f" 等 {len(codes)} 家" if len(codes) > 3 else "")
        return f"{scope}{KINDS[kind_name].title}中没有机构 {named} 的数据"
    return SOURCES[kind_name].missing(scope)


def _bare(kind: PaperKind, scope: Scope, about: str, by: Member) -> Paper:
    assert by.institution
    words = [f"{scope.year} 年度", scope.insurance_label]
    if kind.by_agency:
        words.append(f"清算机构：{scope.agency_label}")
    if about:
        words.append(about)
    return Paper(kind, scope, by.institution, "　".join(words), printed_by=by.label, audit_mark=latest_mark() or "")


def _chosen_words(rows: Collection[Any]) -> str:
    """The one institution by name, or how many there are."""
    names = {row.provider_code: row.provider_name for row in rows}
    if len(names) > 1:
        return f"所选 {len(names)} 家机构"
    [(code, name)] = names.items()
    return f"{name}（{code}）"


def _regions() -> dict[str, int]:
    """The dictionary's order (B.6)."""
    return {code: place for place, (code, _) in enumerate(code_list("clearing.insu_admdvs").choices())}
