"""系统配置 in the left navigation; the list of addresses belongs to the platform."""

from portal.web.navigation import NavItem

NavItem(
    "系统配置",
    "系统配置",
    "channels:channels",
    "gateway.channel.view",
    10,
    also=("channels:channel", "channels:channel-change"),
)
NavItem(
    "平台管理",
    "允许的接口地址",
    "channels:address-list",
    "gateway.addresses.manage",
    50,
)
