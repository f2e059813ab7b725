"""Data dictionaries as people read, search and print them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.http.response import HttpResponseBase
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.codes import Code, CodeList, code_scopes
from portal.papers.xlsx import CONTENT_TYPE, write_xlsx
from portal.web.actions import EXPORTED
from portal.web.tables.columns import Column
from portal.web.tables.export import attachment

ALWAYS = "—"
COLUMNS = (
    Column("code", "代码", "id", width=14),
    Column("label", "名称", width=40),
    Column("region", "统筹区", width=14),
    Column("valid_from", "生效日期", width=14),
    Column("valid_to", "失效日期", width=14),
)


@dataclass(frozen=True)
class Entry:
    """A code, and whether it holds today."""

    code: Code
    holds: bool

    @property
    def cells(self) -> list[str]:
        one = self.code
        return [one.code, one.label, one.region or "全部", _day(one.valid_from), _day(one.valid_to)]


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ALWAYS


def entries(listed: CodeList, query: str = "") -> list[Entry]:
    """The codes that match every word, in the order of the specification."""
    today, words = timezone.localdate(), query.lower().split()
    chosen = (one for one in listed.codes.values() if all(one.matches(word) for word in words))
    return [Entry(one, one.holds(today)) for one in chosen]


def scope_title(listed: CodeList) -> str:
    """清算, 工伤 …: the business that the dictionary belongs to; 国家医保接口 for one that all share."""
    try:
        return str(apps.get_app_config(listed.scope).verbose_name)
    except LookupError:
        return code_scopes().get(listed.scope, listed.scope)


def export_codes(listed: CodeList, query: str, *, by: Member) -> HttpResponseBase:
    """Excel of what is shown."""
    shown: list[list[Any]] = [entry.cells for entry in entries(listed, query)]
    about = [("来源", listed.source), ("条件", query or "全部"), ("导出", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}")]
    content = write_xlsx(COLUMNS, shown, title=listed.title, about=about)
    record(EXPORTED, by=by, title=f"数据字典 {listed.title}", rows=len(shown), filter=query or "全部")
    return attachment(content, f"{listed.title}_{listed.name}.xlsx", CONTENT_TYPE)
