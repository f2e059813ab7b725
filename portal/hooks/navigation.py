from portal.web.navigation import NavItem

NavItem("系统配置", "消息推送", "hooks:webhooks", "hooks.webhooks.view", 32, also=("hooks:webhook-create",))
NavItem("操作日志", "推送记录", "hooks:deliveries", "hooks.webhooks.view", 60, also=("hooks:delivery",))
