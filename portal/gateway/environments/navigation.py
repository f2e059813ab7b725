"""运行环境 beside the channels' settings."""

from portal.web.navigation import NavItem

NavItem(
    "系统配置",
    "运行环境",
    "environments:environment",
    "gateway.environment.view",
    20,
    also=("environments:switch", "environments:import", "environments:import-apply"),
)
