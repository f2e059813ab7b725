"""Who may see and change how the portal reaches the insurer (design 4.2, 4.7)."""

from portal.access.permissions import AUDITOR, INSTITUTION_ADMIN, PLATFORM_ADMIN, REVIEWER, Permission

VIEW_CHANNEL = Permission("gateway.channel.view", "查看系统配置", roles={INSTITUTION_ADMIN, AUDITOR, REVIEWER})
MANAGE_CHANNEL = Permission("gateway.channel.manage", "修改系统配置", roles={INSTITUTION_ADMIN})
APPROVE_CHANNEL = Permission("gateway.channel.approve", "复核系统配置的修改", roles={INSTITUTION_ADMIN, REVIEWER})
MANAGE_ADDRESSES = Permission("gateway.addresses.manage", "管理允许的接口地址", roles={PLATFORM_ADMIN})
VIEW_CHANNELS = Permission("gateway.channels.view", "查看各机构的接口通道", roles={PLATFORM_ADMIN})
