"""The guided path: the steps of an admission in the specification's order, which is possible now, and why others wait.

Chapter 4.2 draws two flows (old and new injury), 2.3 the one of other provinces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

OLD, NEW, CROSS = "old", "new", "cross"
DRAFT, ADMITTED, DISCHARGED, UNDONE = "draft", "admitted", "discharged", "undone"
REGISTERING, LEAVING, RETURNING, UNDOING = "registering", "leaving", "returning", "undoing"


class Progress(StrEnum):
    DONE = "done"
    NOW = "now"
    RUNNING = "running"
    DOUBT = "doubt"
    LATER = "later"


LABELS = {
    Progress.DONE: "已完成",
    Progress.NOW: "现在可办",
    Progress.RUNNING: "办理中",
    Progress.DOUBT: "结果待确认",
    Progress.LATER: "还不能办",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything the path depends on. Counts are fee items; sentences are empty when nothing stands in the way."""

    flow: str
    state: str
    #: The operation that moves the admission: what it does, in a clerk's words, and whether it is in doubt.
    moving: str = ""
    is_doubtful: bool = False
    is_asked: bool = False
    has_report: bool = False
    has_treatment: bool = False
    draft_faults: int = 0
    refused_because: str = ""
    waiting: int = 0
    held: int = 0
    under_way: int = 0
    doubtful: int = 0
    uploaded: int = 0
    #: Whether the centre's sums were read after the last change and are ours to the cent.
    is_equal: bool = False
    gate: str = ""
    discharge_missing: int = 0
    discharge_obstacle: str = ""
    materials: int = 0
    #: Whether the settlement sheet was read after the discharge.
    has_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `reason` says why it waits, or what it has brought."""

    key: str
    title: str
    clause: str
    progress: Progress
    reason: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.progress]

    @property
    def is_possible(self) -> bool:
        return self.progress == Progress.NOW


def sheet_obstacle(state: str, gate: str) -> str:
    """Why the settlement sheet cannot be asked for now; empty when it can (4.16, I7).

    Before the discharge it comes without day, diagnosis and meals, once our fees and the centre's agree.
    """
    if state == UNDONE:
        return "入院登记已撤销"
    if state == UNDOING:
        return "正在撤销入院登记，有结果后再办理"
    if state not in (ADMITTED, LEAVING, DISCHARGED, RETURNING):
        return "登记入院后才有结算单"
    return gate if state in (ADMITTED, LEAVING) else ""


Judge = Callable[[Situation], tuple[Progress, str]]


def guided_path(here: Situation) -> list[Step]:
    """All steps of the admission's flow, in order."""
    return [Step(key, title, clause, *judge(here)) for key, title, clause, judge in _flows[here.flow]]


def next_step(steps: list[Step]) -> Step | None:
    """The first step that is possible now."""
    return next((step for step in steps if step.is_possible), None)


def _busy(here: Situation) -> tuple[Progress, str]:
    return (Progress.DOUBT if here.is_doubtful else Progress.RUNNING), here.moving


def _after(here: Situation) -> str:
    """Why nothing that needs an admission can be done, or empty when it can."""
    if here.state in (DRAFT, REGISTERING):
        return "登记入院之后才能办理"
    if here.state == UNDONE:
        return "入院登记已撤销"
    if here.state in (UNDOING, RETURNING):
        return f"{here.moving or '正在办理'}，有结果后再办理"
    return ""


def _asked(here: Situation) -> tuple[Progress, str]:
    if here.is_asked:
        return Progress.DONE, ""
    if here.flow == NEW or here.state != DRAFT:
        return Progress.DONE, "没有查询，手工录入"
    return Progress.NOW, "请先查询工伤人员"


def _chosen(here: Situation) -> tuple[Progress, str]:
    if here.has_treatment:
        return Progress.DONE, ""
    return Progress.LATER, "从查询结果中选定一份"


def _reported(here: Situation) -> tuple[Progress, str]:
    if here.has_report:
        return Progress.DONE, "已有事故备案"
    return Progress.DONE, "还没有事故备案，不影响登记和上传"


def _registered(here: Situation) -> tuple[Progress, str]:
    if here.state == REGISTERING:
        return _busy(here)
    if here.state == UNDOING:
        return _busy(here)
    if here.state == UNDONE:
        return Progress.LATER, "入院登记已撤销，需要时重新办理"
    if here.state != DRAFT:
        return Progress.DONE, ""
    if here.draft_faults:
        return Progress.NOW, f"还有 {here.draft_faults} 处要填写或改正"
    if here.refused_because:
        return Progress.NOW, f"上次没有登记：{here.refused_because}"
    return Progress.NOW, "信息完整，可以登记"


def _uploaded(here: Situation) -> tuple[Progress, str]:
    if waits := _after(here):
        return Progress.LATER, waits
    if here.doubtful:
        return Progress.DOUBT, f"{here.doubtful:,} 条的上传结果待确认，系统会核实，不要重复上传"
    if here.under_way:
        return Progress.RUNNING, f"正在上传，{here.under_way:,} 条还没有结果"
    if here.state in (LEAVING, DISCHARGED):
        return Progress.DONE, f"已上传 {here.uploaded:,} 条"
    open_items = [
        f"{count:,} 条{words}" for count, words in ((here.waiting, "待上传"), (here.held, "暂不能上传")) if count
    ]
    if open_items:
        return Progress.NOW, "，".join(open_items)
    if here.uploaded:
        return Progress.DONE, f"已上传 {here.uploaded:,} 条；有新费用时继续上传"
    return Progress.NOW, "还没有费用，请录入或由医院系统送来"


def _approved(here: Situation) -> tuple[Progress, str]:
    if waits := _after(here):
        return Progress.LATER, waits
    if here.state in (LEAVING, DISCHARGED):
        return Progress.DONE, ""
    if not here.gate:
        return Progress.DONE, "中心金额与本院一致"
    if not here.uploaded or here.waiting or here.held or here.under_way or here.doubtful:
        return Progress.LATER, here.gate
    return Progress.NOW, here.gate


def _left(here: Situation) -> tuple[Progress, str]:
    if waits := _after(here):
        return Progress.LATER, waits
    if here.state == LEAVING:
        return _busy(here)
    if here.state == DISCHARGED:
        return Progress.DONE, "自费结算出院" if here.flow == NEW else ""
    if here.gate:
        return Progress.LATER, here.gate
    if here.discharge_missing:
        return Progress.NOW, f"出院信息还有 {here.discharge_missing} 处要填写"
    if here.discharge_obstacle:
        return Progress.LATER, here.discharge_obstacle
    return Progress.NOW, "自费结算出院，不需要审批编号" if here.flow == NEW else "信息完整，可以办理出院"


def _settled(here: Situation) -> tuple[Progress, str]:
    if waits := sheet_obstacle(here.state, here.gate):
        return Progress.LATER, waits
    if here.state != DISCHARGED:
        return Progress.NOW, "可以先获取，与患者结算；办理出院后再获取一次，才有出院信息和伙食补贴"
    if here.has_sheet:
        return Progress.DONE, "剔除的项目见“剔除项目”"
    return Progress.NOW, "获取后逐条核对剔除的项目"


def _claimed(here: Situation) -> tuple[Progress, str]:
    if here.state != DISCHARGED:
        return Progress.LATER, "出院之后办理"
    return Progress.NOW, "请登录中心网页版提交医疗费结算申请，社保即可审核；接口没有这一步"


def _reimbursed(here: Situation) -> tuple[Progress, str]:
    if here.state != DISCHARGED:
        return Progress.LATER, "出院之后办理"
    return Progress.NOW, "医疗费由单位垫付的，单位持票据到社保机构报销；与单位有垫付协议的，在中心网页版提交结算申请"


Declared = tuple[str, str, str, Judge]
_REGISTER: Declared = ("register", "办理入院登记", "4.8", _registered)
_FEES: Declared = ("fees", "上传医疗费", "4.10", _uploaded)
_APPROVE: Declared = ("approve", "核准已上传费用", "4.12", _approved)
_SHEET: Declared = ("sheet", "获取结算单", "4.16", _settled)
_CLAIM: Declared = ("claim", "在中心网页版提交结算申请", "4.2", _claimed)

_flows: dict[str, tuple[Declared, ...]] = {
    OLD: (
        ("ask", "查询工伤信息", "4.3", _asked),
        ("treatment", "选定继续治疗申请", "4.4", _chosen),
        _REGISTER,
        _FEES,
        _APPROVE,
        ("discharge", "办理出院", "4.13", _left),
        _SHEET,
        _CLAIM,
    ),
    NEW: (
        ("ask", "查询工伤信息", "4.3", _asked),
        ("report", "查看事故备案", "4.6", _reported),
        _REGISTER,
        _FEES,
        _APPROVE,
        ("discharge", "办理自费出院", "4.13", _left),
        _SHEET,
        ("claim", "单位报销", "6.3", _reimbursed),
    ),
    CROSS: (
        ("ask", "读卡", "4.28、4.29", _asked),
        ("treatment", "选定异地就医备案", "4.21", _chosen),
        ("register", "办理异地入院登记", "4.22", _registered),
        ("fees", "上传医疗费", "4.24", _uploaded),
        _APPROVE,
        ("discharge", "办理异地出院", "4.26", _left),
        _SHEET,
        _CLAIM,
    ),
}
