"""What happens at the door, in words an auditor reads (design 4.4)."""

from portal.audit import Action

# --- sign-in
SIGNED_IN = Action("access.session.opened", "{username} 登录")
SIGN_IN_FAILED = Action("access.session.refused", "{username} 登录失败：{reason}")
LOCKED_OUT = Action("access.account.locked", "{username} 连续登录失败，已锁定 {minutes} 分钟")
UNLOCKED = Action("access.account.unlocked", "解除 {username} 的登录锁定", "解除登录锁定")
SIGNED_OUT = Action("access.session.closed", "{username} 退出")
SESSION_ENDED = Action("access.session.ended", "{username} 的会话结束：{reason}", "会话结束")
SWITCHED = Action("access.institution.switched", "切换到机构 {name}")
REFUSED = Action("access.refused", "没有权限“{permission}”，访问 {path} 被拒绝")
KEY_REFUSED = Action("access.key.refused", "接口密钥 {prefix} 被拒绝：{reason}", "接口密钥被拒绝")

# --- passwords and codes
PASSWORD_CHANGED = Action("access.password.changed", "{username} 修改密码")
PASSWORD_REFUSED = Action(
    "access.password.refused", "{username} 为“{purpose}”再次输入的密码不正确", "再次输入密码不正确"
)
RESET_CODE_MADE = Action("access.reset_code.made", "为 {username} 生成密码重置码", "生成密码重置码")
RESET_CODE_USED = Action("access.reset_code.used", "{username} 凭重置码设置新密码")
RESET_CODE_REFUSED = Action("access.reset_code.refused", "{username} 的重置码未通过：{reason}", "重置码未通过")
TOTP_ENROLLED = Action("access.totp.enrolled", "{username} 启用动态口令")
TOTP_REMOVED = Action("access.totp.removed", "取消 {username} 的动态口令", "取消动态口令")

# --- people
MEMBER_INVITED = Action("access.member.invited", "邀请 {username}，角色：{roles}", "邀请人员")
ROLES_CHANGED = Action("access.member.roles_changed", "{username} 的角色由 {before} 改为 {after}", "修改角色")
GRANT_REQUESTED = Action("access.grant.requested", "申请将 {username} 的角色由 {before} 改为 {after}", "申请修改角色")
GRANT_APPROVED = Action("access.grant.approved", "同意将 {username} 的角色改为 {after}", "同意修改角色")
GRANT_REFUSED = Action("access.grant.refused", "不同意将 {username} 的角色改为 {after}", "不同意修改角色")
MEMBER_DEACTIVATED = Action("access.member.deactivated", "停用 {username}", "停用人员")
MEMBER_ACTIVATED = Action("access.member.activated", "启用 {username}", "启用人员")

# --- the platform
INSTITUTION_CREATED = Action("access.institution.created", "新增机构 {code} {name}")
INSTITUTION_CHANGED = Action("access.institution.changed", "修改机构 {code}：{changes}")
USER_CREATED = Action("access.user.created", "新增人员 {username}")
USER_DEACTIVATED = Action("access.user.deactivated", "停用账号 {username}")
USER_ACTIVATED = Action("access.user.activated", "启用账号 {username}")
PLATFORM_ADMIN_MADE = Action("access.platform_admin.created", "新增平台管理员 {username}")
GLASS_BROKEN = Action(
    "access.break_glass.opened", "平台管理员 {username} 应急查看本机构，理由：{reason}", "应急查看开始"
)
GLASS_USED = Action("access.break_glass.viewed", "应急查看 {path}")
GLASS_CLOSED = Action("access.break_glass.closed", "平台管理员 {username} 结束应急查看", "应急查看结束")

# --- keys of hospital systems
KEY_CREATED = Action("access.key.created", "新增接口密钥 {name}（{prefix}），权限：{scopes}")
KEY_USED = Action("access.key.used", "接口密钥 {name}（{prefix}）当日首次使用", "接口密钥首次使用")
KEY_REVOKED = Action("access.key.revoked", "作废接口密钥 {name}（{prefix}）")
