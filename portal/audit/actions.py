"""What happens to the log itself."""

from portal.audit.registry import Action

EXPORTED = Action("audit.log.exported", "导出操作日志（{format}），{since} 至 {until}，共 {count} 条")
CHECKPOINT_WRITTEN = Action(
    "audit.checkpoint.written", "写入第 {number} 个日志检查点（{mark}），覆盖 {count} 条记录", "写入日志检查点"
)
VERIFIED = Action("audit.chain.verified", "核对操作日志 {count} 条，完好", "核对操作日志")
BROKEN = Action("audit.chain.broken", "核对操作日志：第 {seq} 条{fault}，{why}", "操作日志被改动")
