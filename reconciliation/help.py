"""The help on reconciliation."""

from typing import Any

from portal.web.manual import Topic

CHAPTER = "对账"


def topic(name: str, title: str, order: int, pages: tuple[str, ...], words: str, **more: Any) -> None:
    template = f"help/reconciliation/{name.replace('-', '_')}.html"
    Topic(name, CHAPTER, title, template, order, tuple(f"reconciliation:{one}" for one in pages), words, **more)


topic(
    "runs",
    "对总账、对明细账、月末",
    20,
    (
        "overview#overview",
        *("run-list#start", "run-new#start", "run-detail#totals", "run-state#totals", "run-schedule#schedule"),
        *("month-list#month", "month-detail#month"),
    ),
    "3201 3202 9101 9102 总账 明细账 清算申请 视同清算 结账 不平 退费 自动对账",
)

topic(
    "entries",
    "结算账与导入",
    50,
    (
        *("entry-list#book", "entry-detail#entry", "entry-import#import", "entry-arrival#preview"),
        "arrival-list#preview",
    ),
    "入账 导入 Excel 文本 版次 作废 退费 结算ID 结果待确认 医院系统",
)

topic(
    "differences",
    "差异的处理",
    30,
    (
        *("difference-list#list", "difference-detail#decide", "difference-decide#many", "difference-assign#many"),
        *("difference-decide-one#decide", "difference-comment#decide", "sheet-upload#sheet", "sheet-preview#sheet"),
    ),
    "单边 金额不一致 重复 跨零点 以中心为准 调账 冲正 重新发送 认可 双人复核 指派 备注 处理表 对账单",
)
