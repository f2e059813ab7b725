"""What work-injury insurance writes into the audit chain; one line each."""

from portal.audit import Action

ENQUIRED = Action("injury.enquiry.asked", "向工伤中心查询{what}（{label}）", "工伤查询")
ADMISSION_SAVED = Action("injury.admission.saved", "保存{flow}就诊 {number} 的入院信息", "保存入院信息")
ADMISSION_DROPPED = Action("injury.admission.dropped", "删除未登记的就诊 {number}", "删除就诊草稿")
REGISTRATION_REQUESTED = Action(
    "injury.registration.requested", "提交{flow}就诊 {number} 的入院登记，入院日期 {day}", "提交入院登记"
)
REGISTRATION_DONE = Action("injury.registration.done", "就诊 {number} 已在工伤中心登记入院", "入院登记完成")
REGISTRATION_REJECTED = Action("injury.registration.rejected", "就诊 {number} 没有登记：{reason}", "入院登记未通过")
REGISTRATION_FOUND = Action(
    "injury.registration.found", "就诊 {number} 在工伤中心已有登记，转为在院：{told}", "核实已有登记"
)
UNDO_REQUESTED = Action(
    "injury.registration.undo_requested", "申请撤销就诊 {number} 的入院登记：{what}", "撤销入院登记"
)
UNDO_DONE = Action("injury.registration.cancelled", "就诊 {number} 的入院登记已撤销", "撤销登记完成")
UNDO_REJECTED = Action(
    "injury.registration.cancel_rejected", "就诊 {number} 的入院登记没有撤销：{reason}", "撤销登记未通过"
)
PERSON_READ = Action("injury.person.read", "查看{what}的姓名和身份证号，理由：{reason}", "查看人员身份")
DISCHARGE_SAVED = Action("injury.discharge.saved", "保存就诊 {number} 的出院信息", "保存出院信息")
RECORD_SAVED = Action("injury.record.saved", "保存就诊 {number} 的{node}", "保存出院病历")
RECORD_DROPPED = Action("injury.record.dropped", "删除就诊 {number} 的一条{node}", "删除出院病历")
RECORDS_IMPORTED = Action("injury.records.imported", "导入就诊 {number} 的出院病历：{what}", "导入出院病历")
FILE_ADDED = Action(
    "injury.file.added", "为就诊 {number} 添加{kind} {paper}，金额 {amount} 元，SHA-256 {digest}", "添加发票或材料"
)
FILE_DROPPED = Action("injury.file.dropped", "移除就诊 {number} 的{kind} {paper}", "移除发票或材料")
FILE_READ = Action("injury.file.read", "查看就诊 {number} 的{kind} {paper}", "查看发票或材料")
DISCHARGE_REQUESTED = Action(
    "injury.discharge.requested",
    "提交就诊 {number} 出院，出院日期 {day}，费用 {total} 元，发票 {invoices} 张",
    "提交出院",
)
DISCHARGE_DONE = Action("injury.discharge.done", "就诊 {number} 已在工伤中心办理出院", "出院完成")
DISCHARGE_REJECTED = Action("injury.discharge.rejected", "就诊 {number} 没有办理出院：{reason}", "出院未通过")
RETURN_REQUESTED = Action("injury.discharge.undo_requested", "申请撤销就诊 {number} 的出院", "撤销出院")
RETURN_DONE = Action("injury.discharge.cancelled", "就诊 {number} 的出院已撤销", "撤销出院完成")
RETURN_REJECTED = Action("injury.discharge.cancel_rejected", "就诊 {number} 的出院没有撤销：{reason}", "撤销出院未通过")
MATERIAL_REQUESTED = Action(
    "injury.material.requested", "上传就诊 {number} 的{kind} {paper}，金额 {amount} 元", "上传材料"
)
MATERIAL_DONE = Action("injury.material.done", "就诊 {number} 的{kind} {paper} 已上传", "材料上传完成")
MATERIAL_REJECTED = Action(
    "injury.material.rejected", "就诊 {number} 的{kind} {paper} 没有上传：{reason}", "材料上传未通过"
)
CATALOGUE_FILE_BROUGHT = Action("injury.catalogue.file_brought", "上传{kind}文件“{file}”，尚未导入", "上传目录文件")
CATALOGUE_FILE_DROPPED = Action("injury.catalogue.file_dropped", "放弃文件“{file}”，没有导入", "放弃目录文件")
CATALOGUE_USED = Action(
    "injury.catalogue.used",
    "导入中心目录“{file}”：新增 {new}，新版本 {version}，变化 {changed}，停用 {gone}，涉及对照 {mappings} 条",
    "导入中心目录",
)
MAPPINGS_IMPORTED = Action(
    "injury.mappings.imported", "导入目录对照“{file}”：新增 {new} 条，变更 {changed} 条", "导入目录对照"
)
MAPPINGS_SAVED = Action("injury.mappings.saved", "保存目录对照：新增 {new} 条，变更 {changed} 条", "保存目录对照")
MAPPING_SAVED = Action("injury.mapping.saved", "医院项目 {name}（{code}）的对照：{was} → {now}", "保存目录对照")
MAPPINGS_RENEWED = Action("injury.mappings.renewed", "{count} 条对照更新到中心新版本：{first}", "更新目录对照")
MAPPING_REMOVED = Action("injury.mapping.removed", "取消医院项目 {name}（{code}）的对照（原为 {was}）", "取消目录对照")
FEES_ARRIVED = Action(
    "injury.fees.arrived",
    "就诊 {admission} 到达费用 {count} 条（{source}），合计 {amount} 元，其中暂不能上传 {held} 条",
    "费用到达",
)
ADVICES_ARRIVED = Action(
    "injury.advices.arrived", "就诊 {admission} 到达医嘱（{source}）：新增 {new} 条，更新 {changed} 条", "医嘱到达"
)
FEE_CORRECTED = Action("injury.fee.corrected", "更正就诊 {admission} 的费用 {line}：{what}", "更正费用")
FEES_DROPPED = Action(
    "injury.fees.dropped", "就诊 {admission} 的费用 {count} 条不上传：{lines}，理由：{reason}", "撤下费用"
)
FEES_RESTORED = Action("injury.fees.restored", "恢复就诊 {admission} 已撤下的费用 {count} 条：{lines}", "恢复费用")
FEES_RELEASED = Action(
    "injury.fees.released", "就诊 {admission} 被中心拒绝的费用 {count} 条重新上传：{lines}", "重新上传费用"
)
FEES_LOOKED_AGAIN = Action(
    "injury.fees.looked_again", "重新检查费用：{released} 条转为待上传，{held} 条转为暂不能上传", "重新检查费用"
)
FEE_FILE_READ = Action(
    "injury.fee_file.read", "读取就诊 {admission} 的{content}文件“{file}”，{count} 行，尚未导入", "读取费用文件"
)
SHEET_REQUESTED = Action("injury.sheet.requested", "获取就诊 {number} 的结算单", "获取结算单")
SHEET_TAKEN = Action(
    "injury.sheet.taken", "就诊 {number} 的结算单（{state}）：医疗费 {total} 元，自付 {own} 元", "结算单已获取"
)
SHEET_PRINTED = Action("injury.sheet.printed", "打印就诊 {number} 的结算单（{format}）", "打印结算单")
TREATMENT_FORM_PRINTED = Action(
    "injury.treatment_form.printed", "打印{person}的继续治疗申请表（{kind}）", "打印继续治疗申请表"
)
DRUG_LIMIT_SET = Action("injury.drug_limit.set", "设置药占比上限 {limit}%，提醒线 {warn}%", "设置药占比上限")
UPLOAD_REQUESTED = Action("injury.upload.requested", "上传就诊 {number} 的费用 {count} 条", "上传费用")
CHECK_REQUESTED = Action("injury.upload.check_requested", "核对就诊 {number} 的中心金额", "核对中心金额")
BATCH_REFUSED = Action("injury.batch.refused", "就诊 {number} {batch}被中心拒绝：{reason}")
UPLOAD_COMPLETED = Action(
    "injury.upload.completed", "就诊 {number} 第 {round} 轮费用上传完成，中心金额 {total} 元与本院一致", "上传完成"
)
UPLOAD_STOPPED = Action("injury.upload.stopped", "就诊 {number} 的费用上传停止：{reason}", "上传停止")
WIPE_REQUESTED = Action(
    "injury.wipe.requested", "提请作废就诊 {number} 已上传的费用（本院 {ours} 元）：{reason}", "提请作废费用"
)
WIPE_DONE = Action("injury.wipe.done", "就诊 {number} 已上传的费用在中心作废")
WIPE_PROVEN = Action("injury.wipe.proven", "就诊 {number} 的中心金额经两次读取核实为空")
WIPE_FAILED = Action("injury.wipe.failed", "就诊 {number} 的费用没有作废：{reason}")
SCHEDULE_SET = Action("injury.schedule.set", "设置自动上传：{what}", "设置自动上传")
