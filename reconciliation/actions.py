"""What reconciliation writes into the audit chain; one line each."""

from portal.audit import Action

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
