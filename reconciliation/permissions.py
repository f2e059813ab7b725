"""Who may do what in reconciliation (design 4.2): clerks clear differences up, reviewers decide where money moves."""

from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, MEMBERS, REVIEWER, Permission

VIEW_RUNS = Permission("reconciliation.runs.view", "查看对账", roles=MEMBERS)
START_RUN = Permission("reconciliation.runs.start", "发起对账", roles={CLERK, REVIEWER})
SCHEDULE_RUNS = Permission("reconciliation.runs.schedule", "设置自动对账", roles={INSTITUTION_ADMIN})
VIEW_ENTRIES = Permission("reconciliation.entries.view", "查看结算账", roles=MEMBERS)
BRING_ENTRIES = Permission("reconciliation.entries.bring", "导入结算账", roles={CLERK})
DECIDE = Permission("reconciliation.differences.decide", "处理差异", roles={CLERK})
APPROVE = Permission("reconciliation.differences.approve", "复核差异处理", roles={REVIEWER})
DISCUSS = Permission("reconciliation.differences.discuss", "指派和备注差异", roles={CLERK, REVIEWER})
FILES = Permission("reconciliation.files.read", "下载对账原始文件", roles={REVIEWER, AUDITOR})
MAKE_PAPERS = Permission("reconciliation.papers.make", "打印对账单", roles=MEMBERS)
MONTH_END = Permission("reconciliation.months.close", "月末结账", roles={REVIEWER})
