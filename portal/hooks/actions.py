"""What is done about webhooks, in the words of the audit chain; one line each."""

from portal.audit import Action

CREATED = Action("hooks.webhook.created", "新增消息推送 {name}，推送到 {url}，事件：{events}", "新增消息推送")
CHANGED = Action("hooks.webhook.changed", "修改消息推送 {name}：{what}", "修改消息推送")
STOPPED = Action("hooks.webhook.stopped", "停用消息推送 {name}", "停用消息推送")
TRIED = Action("hooks.webhook.tried", "向消息推送 {name} 发出测试消息", "测试消息推送")
REPLAYED = Action("hooks.delivery.replayed", "重新推送 {event}（{about}）到 {name}", "重新推送消息")
