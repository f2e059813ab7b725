"""The help on the yearly clearing: its steps, papers, refusals and addresses, in the terms of its manual."""

from typing import Any

from clearing.messages.gateway import CLEARING
from clearing.rules import RULES
from portal.access.models.institution import Environment
from portal.gateway.channels.faults import presets
from portal.gateway.messages import requests
from portal.web.manual import Topic


def refusals() -> dict[str, Any]:
    """Every code that proves a request had no effect, with the transactions it belongs to by name."""
    titles = {one.code: one.title for one in requests(CLEARING)}
    lines = [
        (one, "、".join(titles.get(name, name) for name in one.transactions) or "全部交易")
        for one in CLEARING.refusals.values()
    ]
    return {"refusals": lines}


def print_rules() -> dict[str, Any]:
    return {"rules": RULES}


def addresses() -> dict[str, Any]:
    known = presets(CLEARING.name)["addresses"]
    return {"addresses": [(label, known.get(value, "")) for value, label in Environment.choices]}


Topic(
    "clearing",
    "清算业务",
    "清算的四个步骤",
    "help/clearing/overview.html",
    10,
    words="年终清算 流程",
)
Topic(
    "clearing-data",
    "清算业务",
    "生成、查询和撤销清算数据",
    "help/clearing/data.html",
    20,
    pages=(
        "clearing:generation-request#generate",
        "clearing:generation-progress#generate",
        "clearing:generation-revoke#revoke",
        "clearing:row-list#query",
        "clearing:row-detail#row",
        "clearing:fetch-compare#compare",
    ),
    words="获取 批次 历史 差异",
)
Topic(
    "clearing-verification",
    "清算业务",
    "核对与差异",
    "help/clearing/verification.html",
    30,
    pages=("clearing:verification-list#verify",),
    words="批量核对 撤销核对 接受差异",
)
Topic(
    "clearing-application",
    "清算业务",
    "提交、撤销和查询申请",
    "help/clearing/application.html",
    40,
    pages=(
        "clearing:application-submit#submit",
        "clearing:application-check#check",
        "clearing:application-cancel#cancel",
        "clearing:application-list#query",
        "clearing:application-detail#query",
    ),
    words="审核通过 预检 未纳入",
)
Topic(
    "clearing-months",
    "月结与异地清分",
    "月结查询与对照",
    "help/clearing/months.html",
    10,
    pages=(
        "clearing:month-detail#detail",
        "clearing:month-settlement#detail",
        "clearing:month-summary#summary",
        "clearing:month-fetch#fetch",
        "clearing:month-progress#fetch",
        "clearing:month-check#check",
    ),
    words="310 390 普通门诊 普通住院 门诊大额疾病 生育住院",
)
Topic(
    "cross-region",
    "月结与异地清分",
    "异地清分",
    "help/clearing/cross_region.html",
    20,
    pages=(
        "clearing:cross-region#months",
        "clearing:cross-region-month#months",
        "clearing:cross-region-progress#months",
        "clearing:cross-region-rows#decide",
        "clearing:cross-region-row#decide",
        "clearing:cross-region-own#own",
        "clearing:cross-region-upload#own",
        "clearing:cross-region-upload-preview#own",
        "clearing:cross-region-confirm#confirm",
        "clearing:cross-region-batches#confirm",
    ),
    words="3260 3261 3262 回退 确认",
)
Topic(
    "papers",
    "报表",
    "四种报表",
    "help/clearing/papers.html",
    10,
    pages=(
        "clearing:disbursement#disbursement",
        "clearing:disbursement-preview#disbursement",
        "clearing:refund-cross-region#cross-region",
        "clearing:refund-cross-region-preview#cross-region",
        "clearing:refund-maternity#maternity",
        "clearing:refund-maternity-preview#maternity",
        "clearing:refund-primary#primary",
        "clearing:refund-primary-preview#primary",
    ),
    words="核拨表 保证金返还表 PDF 打印 大写金额",
)
Topic(
    "print-rules",
    "报表",
    "报表打印规则",
    "help/clearing/print_rules.html",
    20,
    pages=("clearing:due-papers#due", "clearing:due-papers-provider#due"),
    words="应打印 漏打 多打 按人头付费",
    context=print_rules,
)
Topic(
    "refusals",
    "常见问题与对照表",
    "拒绝代码对照表",
    "help/clearing/refusals.html",
    20,
    words="错误代码 错误码",
    context=refusals,
)
Topic(
    "addresses",
    "常见问题与对照表",
    "接口地址",
    "help/clearing/addresses.html",
    30,
    words="测试地址 正式地址 网络",
    context=addresses,
)
