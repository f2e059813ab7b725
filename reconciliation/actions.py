"""What reconciliation writes into the audit chain; one line each."""

from portal.audit import Action
from portal.hooks import Event

RUN_STARTED = Action("reconciliation.run.started", "发起{family}对账 {what}，第 {round} 次", "发起对账")
RUN_ENDED = Action("reconciliation.run.ended", "{what}完成：{state}，{note}", "对账完成")
RUN_FILE_READ = Action("reconciliation.file.read", "下载{what}的对账文件 {file}（SM3 {digest}）", "下载对账文件")
RUNS_SCHEDULED = Action("reconciliation.schedule.saved", "设置自动对账：{what}", "设置自动对账")
MONTH_REQUESTED = Action(
    "reconciliation.month.requested",
    "提交 {month} 整月对总账（视同清算申请）：{scope}，医疗费总额 {total} 元",
    "申请清算",
)
MONTH_ANSWERED = Action("reconciliation.month.answered", "{month} 整月对总账：{scope}，{what}", "清算申请结果")
MONTH_CLOSED = Action("reconciliation.month.closed", "{month} 月末结账：{count} 笔，医疗费总额 {total} 元", "月末结账")
DECISION_PROPOSED = Action("reconciliation.decision.proposed", "提出处理{what}：{how}，理由：{reason}", "提出差异处理")
DECISION_APPROVED = Action("reconciliation.decision.approved", "复核通过{what}的处理：{how}", "复核差异处理")
DECISION_REFUSED = Action("reconciliation.decision.refused", "{what}的处理（{how}）没有办理：{reason}", "退回差异处理")
DECISION_ENDED = Action("reconciliation.decision.ended", "{what}的处理（{how}）{state}：{said}", "差异处理结束")
DECISIONS_TAKEN = Action("reconciliation.decisions.taken", "批量{what} {count} 条差异：{how}", "批量处理差异")
DIFFERENCES_ASSIGNED = Action("reconciliation.differences.assigned", "指派 {count} 条差异给 {who}", "指派差异")
DIFFERENCE_NOTED = Action("reconciliation.difference.noted", "给{what}写备注", "写差异备注")
SHEET_READ = Action(
    "reconciliation.sheet.read", "上传差异处理表 {file}：{good} 条可提交，{bad} 条有问题", "上传差异处理表"
)
STATEMENT_PRINTED = Action("reconciliation.statement.printed", "打印{what}的对账单，差异 {count} 条", "打印对账单")
ALARM_RAISED = Action("reconciliation.alarm.raised", "对账提醒：{what}", "对账提醒")
DIFFERENCE_FOUND = Event("difference.found", "对账发现差异", "run、family、count、kinds；about 是起止日期")
DIFFERENCE_DECIDED = Event("difference.decided", "对账差异处理结束", "id、kind、action、state；about 是结算单号")
RUN_MISSED = Event("run.missed", "前一天没有对账", "family、day；about 是接口和日期")
DOUBT_OLD = Event("doubt.old", "结果待确认超过 30 分钟", "id、gateway、kind；about 是业务编号")
