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
STAY_SAVED = Action("settlement.inpatient.saved", "保存住院就诊 {number}，{department} {bed} 床", "保存住院就诊")
STAY_DROPPED = Action("settlement.inpatient.dropped", "删除未办理入院的就诊 {number}", "删除住院就诊")
ADMITTED = Action("settlement.inpatient.admitted", "住院 {number} 已办理入院，就诊ID {mdtrt_id}", "入院登记")
STAY_TOLD = Action("settlement.inpatient.told", "住院 {number} 的入院信息变更已上传", "入院信息变更")
UNADMITTED = Action("settlement.inpatient.unadmitted", "住院 {number} 的入院登记已撤销", "撤销入院登记")
FEES_TAKEN = Action(
    "settlement.inpatient.fees", "住院 {number} 增加费用明细 {count} 条，合计 {total} 元", "录入住院费用"
)
FEES_DROPPED = Action("settlement.inpatient.fees_dropped", "住院 {number} 删除未上传的明细 {count} 条", "删除住院费用")
FEES_ASKED = Action("settlement.inpatient.fees_asked", "上传住院 {number} 待上传的明细 {count} 条", "开始上传住院费用")
FEES_SENT = Action("settlement.inpatient.fees_sent", "住院 {number} 上传费用明细 {count} 条", "上传住院费用")
FEES_REMOVED = Action("settlement.inpatient.fees_removed", "住院 {number} 撤销费用明细 {count} 条", "撤销住院费用")
FEES_SCHEDULED = Action("settlement.inpatient.scheduled", "住院费用自动上传：{what}", "设置住院费用自动上传")
DISCHARGE_SAVED = Action("settlement.inpatient.leaving", "保存住院 {number} 的出院信息", "保存出院信息")
DISCHARGED = Action("settlement.inpatient.discharged", "住院 {number} 已办理出院", "出院办理")
UNDISCHARGED = Action("settlement.inpatient.undischarged", "住院 {number} 的出院办理已撤销", "撤销出院办理")
RECORDS_ARRIVED = Action(
    "settlement.uploads.arrived",
    "{source}提交采集记录 {number}：新增 {new} 条，替换 {replaced} 条，其中 {wrong} 条内容有误",
    "提交采集记录",
)
RECORD_MENDED = Action("settlement.uploads.mended", "更正采集记录 {number} {key}，{what}", "更正采集记录")
RECORD_READ = Action(
    "settlement.uploads.read", "查看采集记录 {number} {key} 的完整内容，理由：{reason}", "查看采集记录全文"
)
RECORDS_DROPPED = Action(
    "settlement.uploads.dropped", "删除未上传的采集记录 {number} {key}，理由：{reason}", "删除采集记录"
)
RECORDS_AGAIN = Action("settlement.uploads.again", "{count} 条被拒绝的采集记录 {number} 重新排队", "重新上传采集记录")
UPLOAD_STARTED = Action(
    "settlement.uploads.started", "开始上传 {number} {title}，待上传 {count} 条", "开始上传采集记录"
)
UPLOAD_ENDED = Action(
    "settlement.uploads.ended", "上传 {number} 结束：已上传 {sent} 条，被拒绝 {refused} 条；{note}", "采集上传结束"
)
UPLOADS_SCHEDULED = Action("settlement.uploads.scheduled", "采集上传 {number} {title}：{what}", "设置采集上传")
RECORDS_FILE_READ = Action("settlement.uploads.file", "读取采集文件 {file}：{number}，{count} 条", "读取采集文件")
JOINING_ASKED = Action("settlement.joining.asked", "接入检查：{steps}", "接入检查")
ACCEPTANCE_BEGUN = Action(
    "settlement.acceptance.begun", "开始接入验收 {number}，{count} 项调用，交易 {numbers}", "开始接入验收"
)
ACCEPTANCE_STOPPED = Action("settlement.acceptance.stopped", "停止接入验收 {number}", "停止接入验收")
ACCEPTANCE_PRINTED = Action("settlement.acceptance.printed", "下载接入验收 {number} 的报告（{form}）", "下载验收报告")
FILED = Action("settlement.filing.filed", "申报{what}：{about}", "申报备案")
NOT_FILED = Action("settlement.filing.refused", "{what}没有受理：{reason}", "备案未受理")
UNFILE_ASKED = Action("settlement.filing.withdrawing", "申请撤销{what}，原因：{reason}", "申请撤销备案")
UNFILED = Action("settlement.filing.withdrawn", "{what} {number} 已撤销", "撤销备案完成")
ACCEPTANCE_RESUMED = Action("settlement.acceptance.resumed", "继续接入验收 {number}", "继续接入验收")
ACCEPTANCE_ENDED = Action("settlement.acceptance.ended", "接入验收 {number} 结束：{note}", "接入验收结束")
CARD_READ = Action("settlement.card.read", "在终端 {desk} 读卡（{way}）", "读卡")
CARD_TAKEN = Action("settlement.card.taken", "把读到的身份转给{whom}", "转交读卡结果")
PIN_ASKED = Action("settlement.card.pin", "在终端 {desk} {what}", "社保卡密码")
CARD_AUTH_ASKED = Action("settlement.card.auth", "申请电子健康卡授权 {number}（{stage}）", "电子健康卡授权")
CARD_AUTH_ENDED = Action("settlement.card.auth_ended", "电子健康卡授权 {number}：{what}", "电子健康卡授权结果")
ACCOUNT_OPENED = Action("settlement.cashier.account_opened", "开立预交金账户：{account}", "开立预交金账户")
ACCOUNT_NAMED = Action("settlement.cashier.account_named", "更正预交金账户的姓名或证件：{account}", "更正预交金账户")
RECHARGING = Action("settlement.cashier.recharging", "提交充值 {number}，{amount} 元，{account}", "提交充值")
RECHARGED = Action("settlement.cashier.recharged", "充值 {number} 到账 {amount} 元，跟踪号 {trace}", "充值到账")
NOT_RECHARGED = Action("settlement.cashier.not_recharged", "充值 {number} 没有收款：{reason}", "充值未收款")
REFUNDING = Action(
    "settlement.cashier.refunding", "提交退款 {number}，充值 {source} 退 {amount} 元，原因：{why}", "提交退款"
)
REFUND_AGAIN = Action("settlement.cashier.refund_again", "用原单号重新提交退款 {number}，{amount} 元", "重新提交退款")
REFUNDED = Action("settlement.cashier.refunded", "退款 {number} 完成，{amount} 元，跟踪号 {trace}", "退款完成")
NOT_REFUNDED = Action("settlement.cashier.not_refunded", "退款 {number} 没有完成：{reason}", "退款未完成")
CASHIER_CHARGING = Action("settlement.cashier.charging", "提交收费台收费 {number}（{kind}）", "提交收费台收费")
CASHIER_CHARGED = Action("settlement.cashier.charged", "收费台收费 {number} 完成，订单 {orders}", "收费台收费完成")
NOT_CASHIER_CHARGED = Action(
    "settlement.cashier.not_charged", "收费台收费 {number} 没有完成：{reason}", "收费台收费未完成"
)
CASHIER_CANCELLING = Action(
    "settlement.cashier.cancelling", "申请撤销收费台收费 {number}，结算 {setl_id}，原因：{reason}", "申请撤销收费台收费"
)
CASHIER_CANCELLED = Action(
    "settlement.cashier.cancelled",
    "收费台收费 {number} 已撤销，结算 {setl_id}，退回账户 {account} 元、现金 {cash} 元",
    "收费台收费已撤销",
)
NOT_CASHIER_CANCELLED = Action(
    "settlement.cashier.not_cancelled", "收费台收费 {number} 没有撤销：{reason}", "收费台收费未撤销"
)
MONEY_PRINTED = Action("settlement.cashier.printed", "第 {count} 次打印{what} {number}", "打印预交金凭条")
TRANSACTION_SENT = Action(
    "settlement.transaction.sent", "按编号办理交易 {number}（{what}），业务 {about}", "按编号办理交易"
)
