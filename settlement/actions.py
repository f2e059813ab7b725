"""What settlement writes into the audit chain; one line each."""

from portal.audit import Action

PREVIEW_ASKED = Action("settlement.preview.asked", "对 {number} 预结算，{lines} 条明细，合计 {total} 元", "预结算")
SETTLING = Action(
    "settlement.settle.requested",
    "提交结算 {number}：总额 {total} 元，基金 {fund}，账户 {account}，现金 {cash}",
    "提交结算",
)
SETTLED = Action("settlement.settle.done", "结算 {number} 完成，中心结算ID {setl_id}，总额 {total} 元", "结算完成")
SETTLED_BROKEN = Action(
    "settlement.settle.broken", "结算 {number} 已完成但金额关系不成立，等待复核人员认可：{what}", "结算金额不符"
)
NOT_SETTLED = Action("settlement.settle.rejected", "结算 {number} 没有完成：{reason}", "结算未完成")
ACCEPTED = Action("settlement.settle.accepted", "认可结算 {number} 的金额（{what}），理由：{reason}", "认可结算金额")
UNDO_ASKED = Action("settlement.undo.requested", "申请撤销结算 {number}，金额 {total} 元", "申请撤销结算")
UNDONE = Action("settlement.undo.done", "结算 {number} 已撤销，退回账户 {account} 元、现金 {cash} 元", "撤销结算完成")
NOT_UNDONE = Action("settlement.undo.rejected", "结算 {number} 没有撤销：{reason}", "撤销结算未完成")
REVERSAL_ASKED = Action("settlement.reversal.requested", "申请冲正“{what}”（报文 {msgid}），理由：{reason}", "申请冲正")
REVERSAL_TOLD = Action("settlement.reversal.told", "“{what}”的冲正：{told}", "冲正核实")
VISIT_SAVED = Action("settlement.visit.saved", "保存{kind}就诊 {number}，{lines} 条明细，合计 {total} 元", "保存就诊")
VISIT_DROPPED = Action("settlement.visit.dropped", "删除未结算的就诊 {number}", "删除就诊草稿")
RECEIPT_PRINTED = Action("settlement.receipt.printed", "第 {count} 次打印结算单 {number}", "打印结算单")
PERSON_READ = Action("settlement.person.read", "查看就诊 {number} 的姓名和证件号码，理由：{reason}", "查看人员身份")
IDENTIFIED = Action("settlement.people.identified", "识别参保人（{way}，{certificate}）", "识别身份")
INSURANCE_CHOSEN = Action("settlement.people.insurance", "选用险种：{insurance}", "选用险种")
MEDIUM_KEPT = Action("settlement.control.kept", "登记 {code} 的校验介质，业务 {about}", "登记校验介质")
CATALOGUE_ASKED = Action("settlement.catalogue.requested", "下载医保目录（区划 {region}）：{numbers}", "下载医保目录")
CATALOGUE_TAKEN = Action("settlement.catalogue.taken", "{catalogue}更新到 {version}：{what}", "医保目录更新")
REFRESH_SET = Action("settlement.catalogue.scheduled", "医保目录自动更新：{what}", "设置目录自动更新")
CODES_ASKED = Action("settlement.codes.requested", "获取中心字典：{what}", "获取中心字典")
CODES_ADOPTED = Action("settlement.codes.adopted", "把中心字典 {what} 写入省级接口版本 {edition}", "采用中心字典")
ENQUIRED = Action("settlement.enquiry.asked", "医保查询 {number} {what}（{label}）", "医保查询")
ENQUIRY_READ = Action("settlement.enquiry.read", "查看查询 {number} {what} 的完整内容，理由：{reason}", "查看查询全文")
ENQUIRY_EXPORTED = Action("settlement.enquiry.exported", "导出查询 {number} {what}，{rows} 行，{how}", "导出查询结果")
OUTPATIENT_SAVED = Action("settlement.outpatient.saved", "保存门诊就诊 {number}，科室 {department}", "保存门诊就诊")
OUTPATIENT_DROPPED = Action("settlement.outpatient.dropped", "删除未挂号的门诊就诊 {number}", "删除门诊就诊")
REGISTERED = Action("settlement.outpatient.registered", "门诊 {number} 已挂号，就诊ID {mdtrt_id}", "门诊挂号")
UNREGISTERED = Action("settlement.outpatient.unregistered", "门诊 {number} 的挂号已撤销", "撤销门诊挂号")
INFORMED_CENTRE = Action(
    "settlement.outpatient.informed", "门诊 {number} 的就诊信息已上传：{kind}，{count} 条诊断", "上传就诊信息"
)
BILL_SAVED = Action(
    "settlement.outpatient.bill", "保存门诊 {visit} 的收费批次 {number}，{lines} 条，合计 {total} 元", "保存收费批次"
)
BILL_DROPPED = Action("settlement.outpatient.bill_dropped", "删除门诊 {visit} 的收费批次 {number}", "删除收费批次")
LINES_REMOVED = Action(
    "settlement.outpatient.removed", "门诊 {visit} 的收费批次 {number} 已撤销，{count} 条明细", "撤销费用明细"
)
