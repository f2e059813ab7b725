"""The clearing's pages in the left navigation, in the manual's order (1.3)."""

from portal.web.navigation import NavItem

NavItem(
    "清算数据",
    "生成清算数据",
    "clearing:generation-request",
    "clearing.generation.request",
    10,
    also=("clearing:fetch",),
)
NavItem("清算数据", "查询清算数据", "clearing:row-list", "clearing.rows.view", 20)
NavItem("清算数据", "获取对比", "clearing:fetch-compare", "clearing.rows.view", 25)
NavItem("清算数据", "撤销生成", "clearing:generation-revoke", "clearing.generation.revoke", 30)
NavItem(
    "月结查询",
    "月结明细",
    "clearing:month-detail",
    "clearing.rows.view",
    10,
    also=("clearing:month-settlement", "clearing:month-identity"),
)
NavItem("月结查询", "月结汇总", "clearing:month-summary", "clearing.rows.view", 20, also=("clearing:month-fetch",))
NavItem("月结查询", "月结与清算对照", "clearing:month-check", "clearing.rows.view", 30)
NavItem("核对管理", "核对管理", "clearing:verification-list", "clearing.rows.view", 10)
NavItem("申请管理", "提交前检查", "clearing:application-check", "clearing.rows.view", 5)
NavItem("申请管理", "提交申请", "clearing:application-submit", "clearing.application.submit", 10)
NavItem(
    "申请管理", "查询申请", "clearing:application-list", "clearing.rows.view", 20, also=("clearing:application-detail",)
)
NavItem("申请管理", "撤销申请", "clearing:application-cancel", "clearing.application.cancel", 30)
NavItem("报表导出", "核拨表", "clearing:disbursement", "clearing.papers.make", 10)
NavItem("报表导出", "异地保证金返还", "clearing:refund-cross-region", "clearing.papers.make", 20)
NavItem("报表导出", "生育保证金返还", "clearing:refund-maternity", "clearing.papers.make", 30)
NavItem("报表导出", "药店/村卫保证金返还", "clearing:refund-primary", "clearing.papers.make", 40)
NavItem(
    "异地清分",
    "月份总览",
    "clearing:cross-region",
    "clearing.cross_region.view",
    10,
    also=(
        "clearing:cross-region-fetch",
        "clearing:cross-region-month",
        "clearing:cross-region-upload",
        "clearing:cross-region-upload-preview",
        "clearing:cross-region-confirm",
    ),
)
NavItem(
    "异地清分",
    "清分明细",
    "clearing:cross-region-rows",
    "clearing.cross_region.view",
    20,
    also=("clearing:cross-region-row", "clearing:cross-region-decide"),
)
NavItem("异地清分", "确认批次", "clearing:cross-region-batches", "clearing.cross_region.view", 30)
NavItem("异地清分", "本机构结算", "clearing:cross-region-own", "clearing.cross_region.view", 40)
NavItem(
    "报表导出", "报表打印清单", "clearing:due-papers", "clearing.papers.make", 5, also=("clearing:due-papers-provider",)
)
