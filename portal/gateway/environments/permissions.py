"""Who may move an institution between test and production, and who confirms it (design 4.2)."""

from portal.access.permissions import AUDITOR, INSTITUTION_ADMIN, REVIEWER, Permission

VIEW_ENVIRONMENT = Permission("gateway.environment.view", "查看运行环境", roles={INSTITUTION_ADMIN, AUDITOR, REVIEWER})
SWITCH_ENVIRONMENT = Permission("gateway.environment.switch", "切换运行环境", roles={INSTITUTION_ADMIN})
APPROVE_SWITCH = Permission("gateway.environment.approve", "复核运行环境的切换", roles={INSTITUTION_ADMIN, REVIEWER})
EXPORT_SETTINGS = Permission(
    "gateway.environment.export", "导出系统配置（不含密钥）", roles={INSTITUTION_ADMIN, AUDITOR}
)
IMPORT_SETTINGS = Permission("gateway.environment.import", "导入系统配置", roles={INSTITUTION_ADMIN})
