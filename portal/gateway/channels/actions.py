"""What happens to channels and to the list of allowed addresses, in the words of the audit chain."""

from portal.audit import Action

CHANGED = Action("gateway.channel.changed", "修改{channel}的系统配置：{changes}", "修改系统配置")
KEYS_SET = Action("gateway.channel.keys_set", "设置{channel}的密钥：{keys}", "设置密钥")
CHANGE_PROPOSED = Action("gateway.channel.change_proposed", "申请修改{channel}的系统配置：{fields}", "申请修改系统配置")
CHANGE_APPROVED = Action(
    "gateway.channel.change_approved", "复核通过{channel}的系统配置修改：{fields}", "复核通过系统配置修改"
)
CHANGE_REFUSED = Action(
    "gateway.channel.change_refused", "复核不通过{channel}的系统配置修改：{reason}", "复核不通过系统配置修改"
)
CHANGE_WITHDRAWN = Action("gateway.channel.change_withdrawn", "撤回{channel}的系统配置修改", "撤回系统配置修改")
TRIED = Action("gateway.channel.tried", "测试{channel}的连接", "测试连接")
ADDRESS_PROPOSED = Action("gateway.address.proposed", "申请允许接口地址 {host}")
ADDRESS_APPROVED = Action("gateway.address.approved", "允许接口地址 {host}")
ADDRESS_REMOVED = Action("gateway.address.removed", "不再允许接口地址 {host}：{reason}")
