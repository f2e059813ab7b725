from portal.access.permissions import AUDITOR, INSTITUTION_ADMIN, MEMBERS, REVIEWER, Permission

VIEW_LOG = Permission("audit.view", "查看操作日志", roles=MEMBERS)
VIEW_ADDRESSES = Permission(
    "audit.addresses.view", "查看操作日志中的地址", roles={REVIEWER, AUDITOR, INSTITUTION_ADMIN}
)
EXPORT_LOG = Permission("audit.export", "导出操作日志", roles={AUDITOR, INSTITUTION_ADMIN})
VERIFY_LOG = Permission("audit.verify", "核对操作日志", roles={REVIEWER, AUDITOR, INSTITUTION_ADMIN})
