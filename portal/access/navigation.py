from portal.web.navigation import NavItem

NavItem(
    "系统配置",
    "人员与角色",
    "access:members",
    "access.members.view",
    20,
    also=("access:member", "access:member-invite"),
)
NavItem("系统配置", "角色复核", "access:grants", "access.members.approve", 25)
NavItem("系统配置", "接口密钥", "access:keys", "access.keys.manage", 30, also=("access:key-create",))
NavItem("平台管理", "机构", "access:institutions", "platform.manage", 10)
NavItem("平台管理", "账号", "access:users", "platform.manage", 20)
