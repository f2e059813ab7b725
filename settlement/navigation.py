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
