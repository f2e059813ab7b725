"""What the book of settled money writes into the audit chain; one line each."""

from portal.audit import Action

ENTRIES_BROUGHT = Action(
    "ledger.entries.brought",
    "{way}导入结算账 {count} 笔：新增 {fresh}，变更 {changed}，医疗费总额 {total} 元",
    "导入结算账",
)
FILE_BROUGHT = Action("ledger.file.brought", "上传结算账文件 {file}（{size} 字节，SM3 {digest}）", "上传结算账文件")
FILE_DROPPED = Action("ledger.file.dropped", "放弃结算账文件 {file}", "放弃结算账文件")
