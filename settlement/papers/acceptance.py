"""The acceptance report: title page with the summary, a table for each family, sign blocks; and all calls as Excel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.gateway.journal import Attempt
from portal.gateway.messages import masked_tree, request_class
from portal.gateway.national import NATIONAL
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.pdf import render_pdf
from portal.papers.xlsx import CONTENT_TYPE as XLSX
from portal.papers.xlsx import write_xlsx
from portal.web.tables import Column
from settlement.actions import ACCEPTANCE_PRINTED
from settlement.models import AcceptanceCase, AcceptanceRun, CaseState
from settlement.rules.acceptance import EXPECTED, FAMILIES
from settlement.services.refusals import Refused

TYPES = {"pdf": PDF, "xlsx": XLSX}
#: Characters of a masked message in a cell.
LONGEST = 20_000
COLUMNS = (
    Column("order", "序号", "int", width=6),
    Column("family", "业务", width=12),
    Column("number", "交易编号", "id", width=9),
    Column("name", "交易名称", width=24),
    Column("purpose", "验证内容", width=40),
    Column("support", "配套", width=6),
    Column("expects", "预期", width=10),
    Column("state", "结论", width=12),
    Column("reason", "说明", width=40),
    Column("called_at", "调用时间", "datetime", width=20),
    Column("took_ms", "用时（毫秒）", "int", width=10),
    Column("msgid", "发送方报文ID", "id", width=32),
    Column("refmsgid", "接收方报文ID", "id", width=32),
    Column("request", "请求（已遮盖）", width=50),
    Column("reply", "答复（已遮盖）", width=50),
)


@dataclass(frozen=True)
class FamilyShown:
    """One family's table with how many of its calls went as they should."""

    title: str
    cases: tuple[AcceptanceCase, ...]

    @property
    def good(self) -> int:
        return sum(one.state in (CaseState.PASSED, CaseState.REFUSED) for one in self.cases)

    @property
    def failed(self) -> int:
        return sum(one.state == CaseState.FAILED for one in self.cases)

    @property
    def skipped(self) -> int:
        return len(self.cases) - self.good - self.failed

    @property
    def numbers(self) -> int:
        return len({one.number for one in self.cases})


@dataclass(frozen=True)
class AcceptancePaper:
    """Everything that stands on the report; the cases without their messages."""

    run: AcceptanceRun
    institution: Institution
    families: tuple[FamilyShown, ...]
    texts: dict[Any, tuple[str, str]]
    printed_by: str
    audit_mark: str

    @property
    def cases(self) -> list[AcceptanceCase]:
        return sorted((one for family in self.families for one in family.cases), key=lambda one: one.order)

    @property
    def total(self) -> FamilyShown:
        return FamilyShown("合计", tuple(self.cases))

    @property
    def conclusion(self) -> str:
        """One sentence; a run that left something behind never passed."""
        total = self.total
        if total.failed:
            return f"有 {total.failed} 项未通过，处理后重新验收"
        if self.run.is_restored is False:
            return "各项调用正常，但账户余额没有恢复，请人工核对"
        if total.skipped:
            return f"执行的各项全部符合预期，{total.skipped} 项没有执行（原因见明细）"
        return "全部符合预期"

    @property
    def is_test(self) -> bool:
        return bool(self.run.environment == Environment.TEST)


def gather(run: AcceptanceRun, *, by: Member, messages: bool = True) -> AcceptancePaper:
    """The report of a run that has ended; inside the door. Refused while it goes on."""
    if by.institution is None:
        raise Refused("请先选择机构")
    if run.is_running:
        raise Refused("验收还在进行，结束后才能出报告")
    rows = list(run.cases.select_related("attempt").order_by("order"))
    texts = {one.pk: _texts(one.attempt) for one in rows if messages and one.attempt is not None}
    families = [FamilyShown(title, tuple(one for one in rows if one.family == key)) for key, title in FAMILIES.items()]
    return AcceptancePaper(
        run=run,
        institution=by.institution,
        families=tuple(family for family in families if family.cases),
        texts=texts,
        printed_by=by.label,
        audit_mark=latest_mark() or "",
    )


def _texts(attempt: Attempt) -> tuple[str, str]:
    """Request and reply, masked by the rules of the exchange log."""
    try:
        kind = request_class(NATIONAL, attempt.kind)
    except LookupError:
        return "", ""
    return _masked(kind, attempt.raw_request), _masked(kind.reply(), attempt.raw_reply)


def _masked(kind: Any, sealed: Any) -> str:
    if sealed is None:
        return ""
    try:
        tree = json.loads(str(sealed.reveal()))
    except ValueError:
        return "（不是 JSON）"
    return json.dumps(masked_tree(kind, tree), ensure_ascii=False, default=str)[:LONGEST]


def write(paper: AcceptancePaper, form: str) -> bytes:
    """The file; needs no database."""
    return _pdf(paper) if form == "pdf" else _xlsx(paper)


def _pdf(paper: AcceptancePaper) -> bytes:
    context = {
        "paper": paper,
        "run": paper.run,
        "expected": EXPECTED,
        "title": "医保接口接入验收报告",
        "institution": paper.institution,
        "period": paper.run.number,
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
        "printed_at": timezone.localtime(),
    }
    return render_pdf("papers/settlement/acceptance.html", context)


def _xlsx(paper: AcceptancePaper) -> bytes:
    run = paper.run
    about = (
        ("机构", f"{paper.institution.name}（{paper.institution.code}）"),
        ("验收编号", run.number),
        ("接口", f"{run.channel.get('title', '')}　{run.channel.get('address', '')}　{run.get_environment_display()}"),
        ("接口版本", run.edition_title or "基线版"),
        ("结论", f"{paper.conclusion}　{run.note}"),
    )
    return write_xlsx(COLUMNS, [_row(paper, one) for one in paper.cases], title="接入验收明细", about=about)


def _row(paper: AcceptancePaper, one: AcceptanceCase) -> list[Any]:
    sent, received = paper.texts.get(one.pk, ("", ""))
    return [
        one.order,
        FAMILIES[one.family],
        one.number,
        one.name,
        one.purpose,
        "是" if one.support else "",
        EXPECTED[one.expects],
        one.get_state_display(),
        one.reason,
        one.called_at,
        one.took_ms,
        one.msgid,
        one.refmsgid,
        sent,
        received,
    ]


def recorded(paper: AcceptancePaper, form: str, *, by: Member) -> None:
    record(ACCEPTANCE_PRINTED, paper.run, by=by, number=paper.run.number, form=form.upper())


def file_name(paper: AcceptancePaper, form: str) -> str:
    return f"接入验收报告_{paper.run.number}.{form}"
