"""What the yearly clearing writes into the audit chain; one line each."""

from portal.audit import Action

GENERATION_REQUESTED = Action("clearing.generation.requested", "申请生成{scope}清算数据", "生成清算数据")
GENERATION_DONE = Action("clearing.generation.done", "{scope}清算数据已由医保中心生成，共 {count} 条")
ROWS_FETCHED = Action(
    "clearing.rows.fetched",
    "获取{scope}清算数据 {count} 条，其中新增 {added} 条、变化 {changed} 条、消失 {gone} 条",
    "获取清算数据",
)
FETCH_REQUESTED = Action("clearing.rows.fetch_requested", "重新获取{scope}清算数据", "重新获取清算数据")
MONTHS_REQUESTED = Action("clearing.months.fetch_requested", "获取{scope}{what}", "获取月结数据")
MONTHS_FETCHED = Action("clearing.months.fetched", "已获取{scope}{what} {count} 条", "月结数据已获取")
IDENTITY_READ = Action(
    "clearing.identity.read", "查看月结明细 {detail} 的人员姓名和证件号码，理由：{reason}", "查看人员身份"
)
REVOCATION_REQUESTED = Action("clearing.revocation.requested", "申请撤销{scope}清算数据 {count} 条", "撤销清算数据")
REVOCATION_DONE = Action("clearing.revocation.done", "{scope}清算数据已撤销，共 {count} 条")
VERIFICATION_REQUESTED = Action("clearing.verification.requested", "提交核对{scope}清算数据 {count} 条", "提交核对")
VERIFICATION_DONE = Action("clearing.verification.done", "{scope}清算数据已核对 {count} 条", "核对完成")
UNVERIFICATION_REQUESTED = Action(
    "clearing.verification.cancel_requested", "申请撤销核对{scope}清算数据 {count} 条", "提交撤销核对"
)
UNVERIFICATION_DONE = Action("clearing.verification.cancelled", "{scope}清算数据已撤销核对 {count} 条", "撤销核对完成")
FINDING_ACCEPTED = Action("clearing.finding.accepted", "接受清算数据 {row} 的差异：{reason}", "接受差异")
APPLICATION_REQUESTED = Action(
    "clearing.application.requested", "提交{scope}清算申请 {count} 条，拨付金额 {total} 元", "提交清算申请"
)
APPLICATION_DONE = Action("clearing.application.done", "{scope}清算申请已受理，申请编号 {number}")
APPLICATION_CANCEL_REQUESTED = Action(
    "clearing.application.cancel_requested", "申请撤销清算申请 {number}", "撤销清算申请"
)
APPLICATION_CANCELLED = Action("clearing.application.cancelled", "清算申请 {number} 已撤销", "清算申请已撤销")
APPLICATION_REFRESHED = Action("clearing.application.refreshed", "查询{scope}清算申请：{states}", "查询清算申请")
OPERATION_UNDONE = Action("clearing.operation.undone", "{what}未生效：{reason}")
PAPER_MADE = Action("clearing.paper.made", "导出{scope}{paper}（{format}），{count} 条", "导出报表")
PAPERS_BOUND = Action(
    "clearing.papers.bound", "打印{scope}应打印报表 {papers} 张（{providers} 家机构，{form}）", "打印应打印报表"
)
REFUNDS_REQUESTED = Action("clearing.refunds.requested", "获取{scope}{kind}保证金返还数据", "获取保证金返还数据")
REFUNDS_FETCHED = Action(
    "clearing.refunds.fetched", "{scope}{kind}保证金返还数据已获取 {count} 条，返还金额 {total} 元", "保证金返还数据"
)
CROSS_REGION_FETCH_REQUESTED = Action(
    "clearing.cross_region.fetch_requested", "获取{month}异地清分明细", "获取异地清分明细"
)
CROSS_REGION_FETCHED = Action(
    "clearing.cross_region.fetched",
    "{month}异地清分明细已获取 {count} 条，支付总额 {total} 元，其中新增 {added} 条、变化 {changed} 条、消失 {gone} 条",
    "异地清分明细",
)
CROSS_REGION_UPLOADED = Action(
    "clearing.cross_region.uploaded", "导入{month}本机构结算文件“{file}”，{count} 条，尚未用于比对", "导入本机构结算"
)
CROSS_REGION_UPLOAD_USED = Action(
    "clearing.cross_region.upload_used", "{month}异地清分按文件“{file}”比对，{different} 条有差异", "比对异地清分"
)
CROSS_REGION_DECIDED = Action(
    "clearing.cross_region.decided",
    "对{month}异地清分 {count} 条（支付总额 {total} 元）的决定：{decision}，理由：{reason}；{rows}",
    "决定异地清分",
)
CROSS_REGION_CONFIRM_REQUESTED = Action(
    "clearing.cross_region.confirm_requested",
    "提交{month}异地清分确认 {count} 条（不确认 {declined} 条），支付总额 {total} 元，分 {batches} 批",
    "提交异地清分确认",
)
CROSS_REGION_CONFIRMED = Action(
    "clearing.cross_region.confirmed",
    "{batch}已确认 {count} 条，支付总额 {total} 元，报文编号 {number}",
    "异地清分确认完成",
)
CROSS_REGION_ROLLBACK_REQUESTED = Action(
    "clearing.cross_region.rollback_requested",
    "申请回退{month}异地清分确认（{what}）{count} 条，支付总额 {total} 元",
    "回退异地清分确认",
)
CROSS_REGION_ROLLED_BACK = Action(
    "clearing.cross_region.rolled_back", "{batch}的确认已回退，{count} 条，支付总额 {total} 元", "异地清分回退完成"
)
