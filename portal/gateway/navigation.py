"""What waits for somebody, and the exchange log, in the left navigation."""

from portal.web.navigation import NavItem

NavItem("工作台", "待复核", "gateway:approvals", "gateway.operations.view", 20)
NavItem("工作台", "结果待确认", "gateway:doubts", "gateway.operations.view", 30, also=("gateway:operation",))
NavItem("操作日志", "接口报文", "gateway:attempts", "gateway.attempts.view", 50, also=("gateway:attempt",))
NavItem("系统配置", "接口登录", "gateway:sessions", "gateway.sessions.view", 15)
NavItem(
    "系统配置",
    "终端",
    "gateway:desks",
    "gateway.desks.view",
    20,
    also=("gateway:desk", "gateway:desk-new", "gateway:desk-change"),
)
NavItem("国家接口", "签到与交班", "gateway:shifts", "gateway.sessions.view", 40)
NavItem(
    "系统配置",
    "接口测试",
    "gateway:console",
    "gateway.console.view",
    30,
    also=("gateway:console-edit", "gateway:console-work", "gateway:console-calls", "gateway:console-call"),
)
