"""Who may have other systems told of what happened (design 4.2)."""

from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, Permission

VIEW_WEBHOOKS = Permission("hooks.webhooks.view", "查看消息推送", roles={INSTITUTION_ADMIN, AUDITOR})
MANAGE_WEBHOOKS = Permission("hooks.webhooks.manage", "管理消息推送", roles={INSTITUTION_ADMIN})
REPLAY = Permission("hooks.deliveries.replay", "重新推送消息", roles={CLERK, INSTITUTION_ADMIN})
