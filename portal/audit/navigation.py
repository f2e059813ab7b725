from portal.web.navigation import NavItem

NavItem("操作日志", "操作日志", "audit:log", "audit.view", 10, also=("audit:event",))
NavItem("平台管理", "平台日志", "audit:platform-log", "platform.manage", 90)
