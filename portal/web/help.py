"""The help on what all businesses share: signing in, the desk, lists, approvals, doubt, settings, the log."""

from portal.web.manual import Topic

Topic(
    "start",
    "开始使用",
    "登录、工作台与退出",
    "help/start.html",
    10,
    pages=(
        "web:dashboard#desk",
        "web:institutions#institutions",
        "access:password#password",
        "access:totp#totp",
    ),
    words="主页 密码 动态口令 自动退出 切换机构",
)
Topic("lists", "开始使用", "列表、视图与导出", "help/lists.html", 20, words="表格 排序 筛选 Excel 全选 视图 列")
Topic(
    "work",
    "开始使用",
    "办理进度与结果待确认",
    "help/work.html",
    30,
    pages=(
        "gateway:doubts#doubt",
        "gateway:operation#operation",
        "gateway:approvals#approval",
        "jobs:job#drawer",
    ),
    words="复核 双人复核 后台任务 超时 冲正 认定",
)
Topic(
    "settings",
    "系统",
    "系统配置与运行环境",
    "help/settings.html",
    10,
    pages=(
        "channels:channels#items",
        "channels:channel#items",
        "channels:trial#trial",
        "gateway:sessions#session",
        "gateway:shifts#shifts",
        "gateway:desks#desks",
        "gateway:desk-new#desks",
        "gateway:desk#desks",
        "environments:environment#switch",
        "environments:switch#switch",
        "environments:import#transfer",
        "environments:progress#switch",
    ),
    words="appCode SM2 SM4 IV 公钥 私钥 测试环境 正式环境 接口地址 终端 桥接程序 OneTrans 动态库 设置文件",
)
Topic(
    "people",
    "系统",
    "人员、角色与接口密钥",
    "help/people.html",
    20,
    pages=(
        "access:members#roles",
        "access:member#roles",
        "access:member-invite#invite",
        "access:grants#grants",
        "access:keys#keys",
        "access:key-create#keys",
        "hooks:webhooks#webhooks",
        "hooks:webhook-create#webhooks",
        "hooks:deliveries#deliveries",
        "hooks:delivery#deliveries",
    ),
    words="经办 复核 审计 管理员 权限 API 推送 签名",
)
Topic(
    "log",
    "系统",
    "操作日志与接口报文",
    "help/log.html",
    30,
    pages=(
        "audit:log#browse",
        "audit:event#event",
        "gateway:attempts#attempts",
        "gateway:attempt#attempts",
    ),
    words="审计 追溯 JSONL 摘要 检查点",
)
Topic(
    "console",
    "系统",
    "接口测试台",
    "help/console.html",
    40,
    pages=(
        "gateway:console#choose",
        "gateway:console-edit#fill",
        "gateway:console-work#fill",
        "gateway:console-calls#calls",
        "gateway:console-call#result",
        "gateway:console-call-part#result",
    ),
    words="联调 调试 报文 JSON 样例 校验 交易 重发",
)
Topic("faq", "常见问题与对照表", "常见问题", "help/faq.html", 10, words="端口 打不开 卡住 浏览器 失败 怎么办")
