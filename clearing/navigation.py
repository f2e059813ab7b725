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
NavItem("清算数据", "撤销生成", "clearing:generation-revoke", "clearing.generation.revoke", 30)
NavItem("核对管理", "核对管理", "clearing:verification-list", "clearing.rows.view", 10)
NavItem("申请管理", "提交申请", "clearing:application-submit", "clearing.application.submit", 10)
NavItem(
    "申请管理", "查询申请", "clearing:application-list", "clearing.rows.view", 20, also=("clearing:application-detail",)
)
NavItem("申请管理", "撤销申请", "clearing:application-cancel", "clearing.application.cancel", 30)
NavItem("报表导出", "核拨表", "clearing:disbursement", "clearing.papers.make", 10)
