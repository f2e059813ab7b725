"""Who may see and decide operations (design 4.2): reviewers approve, doubtful results take two people."""

from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, MEMBERS, REVIEWER, Permission

VIEW_OPERATIONS = Permission("gateway.operations.view", "查看接口业务", roles=MEMBERS)
APPROVE_OPERATIONS = Permission("gateway.operations.approve", "复核接口业务", roles={REVIEWER})
WITHDRAW_OPERATIONS = Permission("gateway.operations.withdraw", "撤回未发送的接口业务", roles={CLERK, REVIEWER})
LOOK_OPERATIONS = Permission("gateway.operations.look", "要求立即核实", roles={CLERK, REVIEWER})
DECIDE_OPERATIONS = Permission("gateway.operations.decide", "认定结果待确认的业务", roles={REVIEWER, INSTITUTION_ADMIN})
VIEW_ATTEMPTS = Permission("gateway.attempts.view", "查看接口报文记录", roles={REVIEWER, AUDITOR, INSTITUTION_ADMIN})
READ_ATTEMPTS = Permission("gateway.attempts.read", "查看接口报文原文", roles={REVIEWER, AUDITOR})
VIEW_SESSIONS = Permission("gateway.sessions.view", "查看接口登录", roles=MEMBERS)
MANAGE_SESSIONS = Permission("gateway.sessions.manage", "登录、退出和接管接口登录", roles={CLERK, INSTITUTION_ADMIN})
VIEW_CONSOLE = Permission("gateway.console.view", "查看接口测试台和记录", roles=MEMBERS)
USE_CONSOLE = Permission("gateway.console.use", "使用接口测试台", roles={CLERK, REVIEWER, INSTITUTION_ADMIN})
CHANGE_BY_CONSOLE = Permission(
    "gateway.console.change", "在接口测试台发送变更类交易", roles={CLERK, REVIEWER, INSTITUTION_ADMIN}
)
LIVE_CONSOLE = Permission("gateway.console.live", "在正式环境用接口测试台查询", roles={REVIEWER, INSTITUTION_ADMIN})
VIEW_DESKS = Permission("gateway.desks.view", "查看终端", roles=MEMBERS)
SIT_AT_DESK = Permission("gateway.desks.sit", "选定所在终端、检查终端", roles={CLERK, REVIEWER, INSTITUTION_ADMIN})
