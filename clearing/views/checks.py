"""提交前检查 and 获取对比: what a clerk looks at before acting; nothing is changed here."""

from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from clearing.forms import ScopeForm, WideScopeForm
from clearing.identities import SEVERITIES, Case, Issue
from clearing.models import FetchSnapshot, Scope
from clearing.services.checking import ABOUT_ROWS, Check, check_application
from clearing.services.comparing import Comparison, compare, lines, snapshots
from clearing.views.asking import chosen
from portal.access.gate import page
from portal.access.member import Member, PortalRequest
from portal.audit import record
from portal.papers.xlsx import CONTENT_TYPE, write_xlsx
from portal.web.actions import EXPORTED
from portal.web.tables import Column
from portal.web.tables.export import attachment

#: Cases of one finding, and differing rows, that a page shows; the Excel file has all.
SHOWN = 20
ROWS_SHOWN = 300


@page("clearing.rows.view")
def application_check(request: PortalRequest) -> HttpResponseBase:
    """提交前检查: everything found about a scope, each with the rows it is about."""
    form, scope = chosen(request, ScopeForm)
    check = check_application(scope) if scope else None
    if check and request.GET.get("export") == "xlsx":
        return _download(request, f"提交前检查：{check.scope}", *check_sheet(check))
    issues = [(issue, rows_query(scope, issue), issue.cases[:SHOWN]) for issue in check.issues] if check else []
    context = {"form": form, "scope": scope, "check": check, "issues": issues, "query": scope and scope_query(scope)}
    return render(request, "clearing/application_check.html", context)


@page("clearing.rows.view")
def fetch_compare(request: PortalRequest) -> HttpResponseBase:
    """获取对比: choose two fetches of a scope, see which rows came, went and changed."""
    form, scope = chosen(request, WideScopeForm)
    fetches = snapshots(scope) if scope else []
    pair = _pair(request, fetches)
    comparison = compare(scope, *pair) if scope and pair else None
    if comparison and request.GET.get("export") == "xlsx":
        return _download(request, f"获取对比：{comparison.scope}", *compare_sheet(comparison))
    context: dict[str, Any] = {"form": form, "scope": scope, "fetches": fetches, "comparison": comparison}
    if comparison:
        context |= {"rows": comparison.rows[:ROWS_SHOWN], "more": len(comparison.rows) > ROWS_SHOWN}
        context["export"] = f"{request.GET.urlencode()}&export=xlsx"
    return render(request, "clearing/fetch_compare.html", context)


def scope_query(scope: Scope) -> str:
    return urlencode({"year": scope.year, "insurance": scope.insurance, "agency": scope.agency})


def rows_query(scope: Scope | None, issue: Issue) -> str:
    """The list's condition for exactly the rows of a finding; empty when it is not about rows of ours."""
    if scope is None or issue.rule not in ABOUT_ROWS or not issue.keys:
        return ""
    return f"{scope_query(scope)}&check={issue.rule}"


def _pair(request: PortalRequest, fetches: list[FetchSnapshot]) -> tuple[FetchSnapshot, FetchSnapshot] | None:
    """The two chosen fetches in order of time; the newest two when nothing is chosen."""
    known = {str(one.pk): one for one in fetches}
    picked = [known.get(request.GET.get(name, "")) for name in ("earlier", "later")]
    two = [one for one in picked if one] if any(picked) else fetches[:2]
    if len(two) < 2 or two[0].pk == two[1].pk:
        return None
    earlier, later = sorted(two, key=lambda one: one.finished_at)
    return earlier, later


def _download(request: PortalRequest, title: str, columns: list[Column], rows: list[list[Any]]) -> HttpResponseBase:
    member = request.member
    record(EXPORTED, by=member, title=title, rows=len(rows), filter="全部")
    name = f"{title.replace('：', '_').split('（')[0]}_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx"
    return attachment(write_xlsx(columns, rows, title=title, about=_about(member, len(rows))), name, CONTENT_TYPE)


def _about(member: Member, count: int) -> list[tuple[str, str]]:
    assert member.institution
    made = f"{timezone.localtime():%Y-%m-%d %H:%M:%S}　{member.label}　共 {count:,} 行"
    return [("机构", f"{member.institution.name}（{member.institution.code}）"), ("导出", made)]


def check_sheet(check: Check) -> tuple[list[Column], list[list[Any]]]:
    """One line a case; a finding without cases is one line."""
    columns = [
        *(Column("severity", "级别"), Column("title", "检查项目", width=22), Column("code", "医疗机构编号", "id")),
        *(
            Column("name", "医疗机构名称", width=32),
            Column("what", "数据", width=22),
            Column("expected", "应为", width=28),
        ),
        *(
            Column("found", "现有", width=28),
            Column("amount", "拨付金额", "money"),
            Column("sentence", "说明", width=60),
        ),
    ]
    nothing = Case((), "", "", "", "", "", None)  # type: ignore[arg-type]  # a line without an amount
    return columns, [
        [
            *(SEVERITIES[issue.severity], issue.title, case.provider_code, case.provider_name),
            *(case.what, case.expected, case.found, case.amount, issue.sentence),
        ]
        for issue in check.issues
        for case in issue.cases or (nothing,)
    ]


def compare_sheet(comparison: Comparison) -> tuple[list[Column], list[list[Any]]]:
    """One line a changed figure; a row that came or went is one line with its disbursement."""
    columns = [
        *(Column("kind", "变动"), Column("row_id", "数据编号", "id"), Column("code", "医疗机构编号", "id")),
        *(Column("name", "医疗机构名称", width=32), Column("visit", "就诊类型"), Column("field", "字段")),
        *(Column("before", "先", width=20), Column("after", "后", width=20), Column("difference", "相差", "money")),
    ]
    rows = []
    for one, figure in lines(comparison):
        row = one.row
        said = (
            [figure.label, figure.before, figure.after, figure.difference]
            if figure
            else ["拨付金额", f"{one.before:,.2f}", f"{one.after:,.2f}", one.difference]
        )
        rows.append([one.label, row.row_id, row.provider_code, row.provider_name, row.visit_type_label, *said])
    return columns, rows
