"""Who may do what in the yearly clearing (design 4.2): clerks prepare; reviewers accept differences and
approve in the journal (gateway.operations.approve) what moves money or cannot be undone."""

from portal.access.permissions import AUDITOR, CLERK, MEMBERS, REVIEWER, Permission

VIEW_ROWS = Permission("clearing.rows.view", "查看清算数据", roles=MEMBERS)
REQUEST_GENERATION = Permission("clearing.generation.request", "生成和获取清算数据", roles={CLERK})
REVOKE_GENERATION = Permission("clearing.generation.revoke", "撤销清算数据", roles={CLERK})
READ_IDENTITIES = Permission("clearing.identities.read", "查看月结明细中的完整身份信息", roles={REVIEWER, AUDITOR})
VERIFY_ROWS = Permission("clearing.rows.verify", "核对清算数据", roles={CLERK})
CANCEL_VERIFICATION = Permission("clearing.verification.cancel", "撤销核对", roles={CLERK})
ACCEPT_FINDING = Permission("clearing.finding.accept", "接受清算数据中的差异", roles={REVIEWER})
SUBMIT_APPLICATION = Permission("clearing.application.submit", "提交清算申请", roles={CLERK})
CANCEL_APPLICATION = Permission("clearing.application.cancel", "撤销清算申请", roles={CLERK})
MAKE_PAPERS = Permission("clearing.papers.make", "导出清算报表", roles=MEMBERS)
FETCH_REFUNDS = Permission("clearing.refunds.fetch", "获取保证金返还数据", roles={CLERK, REVIEWER})
VIEW_CROSS_REGION = Permission("clearing.cross_region.view", "查看异地清分", roles=MEMBERS)
FETCH_CROSS_REGION = Permission("clearing.cross_region.fetch", "获取异地清分明细和导入本机构结算", roles={CLERK})
DECIDE_CROSS_REGION = Permission("clearing.cross_region.decide", "决定异地清分明细", roles={CLERK})
CONFIRM_CROSS_REGION = Permission("clearing.cross_region.confirm", "提交异地清分确认", roles={CLERK})
ROLL_BACK_CROSS_REGION = Permission("clearing.cross_region.roll_back", "回退异地清分确认", roles={CLERK})
