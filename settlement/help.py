"""The help on settlement, in the terms of the national interface."""

from portal.web.manual import Topic

CHAPTER = "医保结算"


def topic(name: str, title: str, order: int, pages: tuple[str, ...], words: str) -> None:
    """One page of the help, written in templates/help/settlement."""
    template = f"help/settlement/{name.replace('-', '_')}.html"
    Topic(name, CHAPTER, title, template, order, tuple(f"settlement:{one}" for one in pages), words)


topic(
    "interface",
    "交易目录与省级接口版本",
    90,
    (
        *("catalogue-transactions#catalogue", "catalogue-transaction#catalogue"),
        *("edition-list#editions", "edition-detail#editions", "edition-import#import"),
    ),
    "交易编号 字段表 冲正 版本 扩展交易 代码表 四川 广东 湖南 湖北 导入 Excel JSON",
)

topic(
    "identity",
    "识别参保人、安全控件",
    5,
    (
        *("identify#identify", "identify-by#identify", "identification#identify", "identification-state#identify"),
        *("control#control", "shift#shift"),
    ),
    "电子凭证 身份证 社保卡 1101 2001 待遇检查 余额 险种 校验介质 签到 9001 9002 交班",
)

topic(
    "queries",
    "信息查询",
    70,
    (
        *("query#ask", "query-ask#ask", "query-detail#answer", "query-state#answer"),
        *("query-list#answer", "query-full#masks"),
    ),
    "5201 5202 5203 5204 5205 5206 5301 5302 5303 5304 5401 5402 1201 5101 5102 1316 1317 1318 1319 备案 累计 限价",
)
topic(
    "catalogues",
    "医保目录与中心字典",
    75,
    (
        *("catalogue-list#download", "catalogue-progress#download", "catalogue-refresh#night"),
        *("catalogue-search#search", "catalogue-item#search", "catalogue-editions#versions"),
        *("catalogue-changes#versions", "code-lists#codes", "code-lists-progress#codes", "code-list#codes"),
    ),
    "1301 1302 1303 1304 1305 1306 1307 1308 1309 1310 1311 1312 1313 1314 1315 1901 9102 药品 耗材 诊断 手术 拼音",
)

topic(
    "settling",
    "结算：预结算、结算、撤销",
    10,
    (
        *("visit-list#visits", "visit-detail#visits", "visit-state#doubt", "visit-identity#visits"),
        *("pharmacy-new#basket", "pharmacy-edit#basket", "item-search#basket", "settle#preview"),
        *("settlement-list#settle", "settlement-detail#settle", "settlement-state#doubt"),
        *("undo#undo", "reverse#reverse"),
    ),
    "2101A 2102A 2103 2206A 2207A 2208 2303A 2304A 2305 2601 冲正 撤销 结果待确认 现金 结算单 补打 药店 购药",
)

topic(
    "outpatient",
    "门诊：挂号、收费批次、撤销",
    20,
    (
        *("outpatient-new#register", "outpatient-edit#register", "outpatient-information#information"),
        *("bill-new#bills", "bill-edit#bills"),
    ),
    "2201 2202 2203A 2204 2205 2206A 2207A 2208 挂号 诊断 病种 慢特病 收费批次 0000 多单 更正",
)

topic(
    "joining",
    "接入一个省：检查和验收",
    95,
    (
        *("joining#check", "joining-progress#check", "acceptance-list#acceptance", "acceptance-new#acceptance"),
        *("acceptance-detail#acceptance", "acceptance-progress#acceptance", "acceptance-report#acceptance"),
    ),
    "接入检查 网络 专网 HOST 绑定 域名 端口 证书 时钟 密钥 401 签到 1201 1101 联调 验收 报告 测试环境",
)

topic(
    "uploads",
    "采集上传、科室和目录对照",
    60,
    (
        *("upload-list#queues", "upload-progress#queues", "upload-schedule#queues", "upload-records#records"),
        *("upload-detail#records", "upload-edit#records", "upload-new#records", "upload-full#records"),
        *("upload-drop#records", "upload-import#import", "upload-file#import", "upload-template#import"),
        *("upload-unlisted#lists", "department-list#stock", "department-compare#stock"),
        *("mapping-list#stock", "mapping-compare#stock"),
    ),
    "4101A 4101 4201 4301 4302 4401 4402 4501 4502 4503 4504 4505 4506 4601 4602 4701 3501 3502 3503 3504 3505 3506 "
    "3507 3401 3402 3403 3301 3302 结算清单 病案首页 医嘱 报告 电子病历 进销存 追溯 自动上传",
)

topic(
    "inpatient",
    "住院：入院、费用、出院、撤销",
    30,
    (
        *("inpatient-new#admit", "inpatient-edit#admit", "charges#compare", "charges-enter#charges"),
        *("charge-schedule#charges", "inpatient-discharge#leave"),
    ),
    "2401 2403 2301 2302 2303A 2402 2304A 2305 2405 2404 0000 入院 床位 费用明细 退费 每日上传 出院 中途结算 住院号",
)

topic(
    "filings",
    "备案：转院、慢特病、定点",
    50,
    ("filing-list#state", "filing-new#file", "filing-detail#withdraw", "filing-state#state"),
    "2501 2501A 2502 2503 2504 2505 2506 Z1101 Z1102 5301 5302 5304 转诊 异地 两病 高血压 糖尿病 待遇申报明细流水号",
)

topic(
    "cashier",
    "收费台：读卡、预交金、退款",
    8,
    (
        *("card-read#cards", "card-reading#cards", "card-reading-state#cards"),
        *("card-pin#pin", "card-pin-state#pin"),
        *("card-grants#grants", "card-grant#grants", "card-grant-state#grants"),
        *("prepaid-list#prepaid", "prepaid#prepaid", "recharge-list#prepaid", "recharge-new#prepaid"),
        *("recharge#prepaid", "recharge-state#prepaid"),
        *("refund-list#refunds", "refund#refunds", "refund-state#refunds"),
        *("charge-list#charges", "charge-new#charges", "charge#charges", "charge-state#charges"),
    ),
    "OneTrans 动态库 社保卡 身份证 读卡器 充值 退款 预交金 收银台 统一收费 撤销 电子健康卡 授权 二维码 社保卡密码 PIN",
)
