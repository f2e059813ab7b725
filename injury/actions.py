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
UNDO_REQUESTED = Action(
    "injury.registration.undo_requested", "申请撤销就诊 {number} 的入院登记：{what}", "撤销入院登记"
)
UNDO_DONE = Action("injury.registration.cancelled", "就诊 {number} 的入院登记已撤销", "撤销登记完成")
UNDO_REJECTED = Action(
    "injury.registration.cancel_rejected", "就诊 {number} 的入院登记没有撤销：{reason}", "撤销登记未通过"
)
PERSON_READ = Action("injury.person.read", "查看{what}的姓名和身份证号，理由：{reason}", "查看人员身份")
