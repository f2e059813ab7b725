"""Work injury in the left navigation: 工伤 in the order of a stay, 工伤查询 the centre's lists, 工伤目录 the codes."""

from portal.web.navigation import NavItem

NavItem(
    "工伤",
    "查询工伤人员",
    "injury:people",
    "injury.people.find",
    10,
    also=("injury:people-by", "injury:enquiry"),
)
NavItem(
    "工伤",
    "就诊",
    "injury:admission-list",
    "injury.admissions.view",
    20,
    also=(
        "injury:admission-new",
        "injury:admission-edit",
        "injury:admission-detail",
        "injury:admission-undo",
        "injury:admission-identity",
        "injury:discharge-record",
    ),
)
NavItem("工伤查询", "继续治疗申请", "injury:treatment-batch", "injury.people.find", 80, also=("injury:centre-row",))
NavItem("工伤查询", "事故备案", "injury:report-batch", "injury.people.find", 82)
NavItem("工伤查询", "上传人员统计", "injury:uploaded-people", "injury.people.find", 84)
NavItem(
    "工伤",
    "材料",
    "injury:material-list",
    "injury.admissions.view",
    60,
    also=("injury:materials", "injury:material-add"),
)
NavItem("工伤", "结算单", "injury:sheet-list", "injury.admissions.view", 70, also=("injury:sheet",))
NavItem("工伤", "剔除项目", "injury:rejected-list", "injury.admissions.view", 72)
NavItem("工伤", "药占比", "injury:drug-ratio", "injury.fees.view", 74)
NavItem(
    "工伤查询",
    "继续治疗申请表",
    "injury:paper-treatment",
    "injury.papers.make",
    90,
    also=("injury:paper-treatment-of",),
)
NavItem(
    "工伤目录",
    "目录对照",
    "injury:mapping-list",
    "injury.mappings.view",
    10,
    also=(
        *("injury:mapping-new", "injury:mapping-edit", "injury:mapping-renewals"),
        *("injury:mapping-import", "injury:mapping-lines", "injury:mapping-file"),
    ),
)
NavItem("工伤目录", "对照情况", "injury:mapping-coverage", "injury.mappings.view", 20)
NavItem(
    "工伤目录",
    "中心目录",
    "injury:catalogue-list",
    "injury.mappings.view",
    30,
    also=("injury:catalogue-import", "injury:catalogue-lines", "injury:catalogue-file"),
)
NavItem("工伤目录", "错误代码", "injury:error-list", "injury.admissions.view", 40)
NavItem(
    "工伤",
    "费用明细",
    "injury:fee-list",
    "injury.fees.view",
    30,
    also=(
        *("injury:fee-new", "injury:fee-detail", "injury:fee-correct", "injury:fee-drop", "injury:fee-totals"),
        *("injury:fee-import", "injury:fee-import-preview"),
    ),
)
NavItem("工伤", "暂不能上传", "injury:held-list", "injury.fees.view", 32)
NavItem("工伤", "医嘱", "injury:advice-list", "injury.fees.view", 34, also=("injury:advice-new",))
NavItem(
    "工伤",
    "费用上传",
    "injury:upload-list",
    "injury.fees.view",
    36,
    also=("injury:upload", "injury:upload-detail", "injury:wipe"),
)
NavItem("工伤", "自动上传", "injury:upload-schedule", "injury.uploads.schedule", 38)
