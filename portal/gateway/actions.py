"""What happens to operations, in the words of the audit chain; one line each."""

from portal.audit import Action

OPENED = Action("gateway.operation.opened", "提交“{title}”")
APPROVED = Action("gateway.operation.approved", "复核通过“{title}”")
REFUSED = Action("gateway.operation.refused", "复核不通过“{title}”：{reason}")
WITHDRAWN = Action("gateway.operation.withdrawn", "撤回“{title}”：{reason}")
DONE = Action("gateway.operation.done", "“{title}”已完成")
REJECTED = Action("gateway.operation.rejected", "“{title}”被接口拒绝：{reason}")
IN_DOUBT = Action("gateway.operation.in_doubt", "“{title}”结果待确认：{reason}")
ADOPTED = Action("gateway.operation.adopted", "“{title}”经核实已生效：{evidence}")
REVERSED = Action("gateway.operation.reversed", "“{title}”已不起作用：{evidence}")
SENT_AGAIN = Action("gateway.operation.sent_again", "“{title}”经核实未生效，重新发送：{evidence}")
GIVEN_TO_PEOPLE = Action("gateway.operation.given_to_people", "“{title}”转人工处理：{reason}")
PROPOSED = Action("gateway.operation.proposed", "认定“{title}”{verdict}，等待第二人：{reason}", "提出认定")
DECIDED = Action("gateway.operation.decided", "两人认定“{title}”{verdict}：{reason}", "两人认定")
READ = Action("gateway.operation.read", "已阅“{title}”的待办：{reason}", "已阅待办")
UNAPPLIED = Action("gateway.operation.unapplied", "“{title}”在接口已有结果，门户入账未完成")
APPLIED_LATER = Action("gateway.operation.applied_later", "“{title}”补充入账完成")
LOOKED = Action("gateway.operation.looked", "要求立即核实“{title}”")
RECOVERED = Action("gateway.operation.recovered", "登记簿中发现数据库没有的报文 {msgid}，“{title}”结果待确认")
RAW_READ = Action("gateway.attempt.read", "查看报文 {msgid} 的原文，理由：{reason}", "查看报文原文")
