"""Settlement in the left navigation."""

from portal.web.navigation import NavItem

NavItem(
    "结算",
    "就诊",
    "settlement:visit-list",
    "settlement.visits.view",
    20,
    also=("settlement:visit-detail", "settlement:visit-identity"),
)
NavItem(
    "结算",
    "药店购药",
    "settlement:pharmacy-new",
    "settlement.pharmacy.settle",
    30,
    also=("settlement:pharmacy-edit",),
)
NavItem(
    "结算",
    "门诊挂号",
    "settlement:outpatient-new",
    "settlement.outpatient.settle",
    40,
    also=(
        *("settlement:outpatient-edit", "settlement:outpatient-information"),
        *("settlement:bill-new", "settlement:bill-edit"),
    ),
)
NavItem(
    "结算",
    "结算记录",
    "settlement:settlement-list",
    "settlement.visits.view",
    60,
    also=(
        *("settlement:settlement-detail", "settlement:settle", "settlement:undo"),
        "settlement:reverse",
    ),
)

NavItem(
    "结算",
    "识别参保人",
    "settlement:identify",
    "settlement.people.identify",
    10,
    also=("settlement:identify-by", "settlement:identification"),
)
NavItem("结算", "安全控件", "settlement:control", "settlement.people.identify", 90)
NavItem(
    "国家接口",
    "交易目录",
    "settlement:catalogue-transactions",
    "settlement.transactions.view",
    10,
    also=("settlement:catalogue-transaction",),
)
NavItem(
    "国家接口",
    "省级接口版本",
    "settlement:edition-list",
    "settlement.editions.view",
    20,
    also=("settlement:edition-detail", "settlement:edition-import"),
)

# --- queries, catalogues, dictionaries
NavItem(
    "医保查询",
    "信息查询",
    "settlement:query",
    "settlement.enquiries.ask",
    10,
    also=("settlement:query-ask", "settlement:query-detail", "settlement:query-full"),
)
NavItem("医保查询", "查询记录", "settlement:query-list", "settlement.enquiries.ask", 20)
NavItem(
    "医保查询",
    "查目录",
    "settlement:catalogue-search",
    "settlement.catalogue.view",
    30,
    also=("settlement:catalogue-item",),
)
NavItem(
    "医保查询",
    "目录下载",
    "settlement:catalogue-list",
    "settlement.catalogue.view",
    40,
    also=("settlement:catalogue-editions", "settlement:catalogue-changes", "settlement:catalogue-refresh"),
)
NavItem(
    "医保查询", "中心字典", "settlement:code-lists", "settlement.catalogue.view", 50, also=("settlement:code-list",)
)

# --- daily uploads
NavItem(
    "备案与上传",
    "采集上传",
    "settlement:upload-list",
    "settlement.uploads.view",
    50,
    also=("settlement:upload-schedule", "settlement:upload-import", "settlement:upload-file"),
)
NavItem(
    "备案与上传",
    "采集记录",
    "settlement:upload-records",
    "settlement.uploads.view",
    55,
    also=("settlement:upload-detail", "settlement:upload-edit", "settlement:upload-new", "settlement:upload-full"),
)
NavItem("备案与上传", "待生成清单", "settlement:upload-unlisted", "settlement.uploads.view", 60)
NavItem(
    "备案与上传",
    "科室",
    "settlement:department-list",
    "settlement.uploads.view",
    70,
    also=("settlement:department-compare",),
)
NavItem(
    "备案与上传",
    "目录对照",
    "settlement:mapping-list",
    "settlement.uploads.view",
    75,
    also=("settlement:mapping-compare",),
)

# --- joining a province
NavItem("国家接口", "接入检查", "settlement:joining", "settlement.joining.check", 30)
NavItem(
    "国家接口",
    "接入验收",
    "settlement:acceptance-list",
    "settlement.acceptance.run",
    31,
    also=("settlement:acceptance-new", "settlement:acceptance-detail"),
)
NavItem(
    "结算",
    "入院登记",
    "settlement:inpatient-new",
    "settlement.inpatient.settle",
    50,
    also=(
        *("settlement:inpatient-edit", "settlement:inpatient-discharge"),
        *("settlement:charges", "settlement:charges-enter"),
    ),
)
NavItem("结算", "住院费用自动上传", "settlement:charge-schedule", "settlement.uploads.schedule", 55)
NavItem(
    "备案与上传",
    "备案",
    "settlement:filing-list",
    "settlement.filings.view",
    10,
    also=("settlement:filing-new", "settlement:filing-detail"),
)

# --- the desk: cards and the cashier
NavItem(
    "收费台",
    "读卡",
    "settlement:card-read",
    "settlement.people.identify",
    10,
    also=("settlement:card-reading", "settlement:card-grants", "settlement:card-grant", "settlement:card-pin"),
)
NavItem(
    "收费台",
    "预交金账户",
    "settlement:prepaid-list",
    "settlement.cashier.view",
    20,
    also=("settlement:prepaid", "settlement:recharge-new"),
)
NavItem("收费台", "充值记录", "settlement:recharge-list", "settlement.cashier.view", 30, also=("settlement:recharge",))
NavItem("收费台", "退款记录", "settlement:refund-list", "settlement.cashier.view", 40, also=("settlement:refund",))
NavItem(
    "收费台",
    "收费台收费",
    "settlement:charge-list",
    "settlement.cashier.view",
    50,
    also=("settlement:charge", "settlement:charge-new"),
)
