"""What happens to an institution's environment, in the words of the audit chain."""

from portal.audit import Action

REQUESTED = Action("gateway.environment.requested", "申请由{before}切换到{after}，理由：{reason}", "申请切换运行环境")
APPROVED = Action("gateway.environment.approved", "复核通过切换到{after}，开始等待在途业务结束", "复核通过环境切换")
BEGUN = Action("gateway.environment.begun", "开始切换到{after}，等待在途业务结束", "开始切换运行环境")
REFUSED = Action("gateway.environment.refused", "复核不通过切换到{after}：{reason}", "复核不通过环境切换")
WITHDRAWN = Action("gateway.environment.withdrawn", "撤回切换到{after}：{reason}", "撤回环境切换")
ABANDONED = Action("gateway.environment.abandoned", "放弃切换到{after}，仍在{before}：{reason}", "放弃环境切换")
SWITCHED = Action("gateway.environment.switched", "运行环境由{before}切换到{after}", "切换运行环境")
CHECKED = Action("gateway.environment.checked", "用已保存的配置测试{channel}的连接", "测试已保存的配置")
EXPORTED = Action("gateway.environment.exported", "导出{channel}的配置（不含密钥）", "导出系统配置")
IMPORTED = Action(
    "gateway.environment.imported", "导入{channel}的配置，文件来自 {source}，校验码 {checksum}", "导入系统配置"
)
