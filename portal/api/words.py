"""Every field of the schema says what it is, amounts in which unit: a field without own words has those of its name."""

import re
from typing import Any

Json = dict[str, Any]
#: By component and name, else by name alone.
NAMED = {
    "SettingsFile.environment": "运行环境",
    "SettingsFile.exported_at": "导出时间",
    "SettingsFile.format": "文件格式",
    "SettingsFile.gateway": "接口",
    "SettingsFile.key_set_at": "密钥设置时间，不含密钥",
    "SettingsFile.version": "设置的版次",
    "CodeList.count": "代码个数",
    "OneCodeList.count": "代码个数",
    "ReconciliationMonthScope.count": "笔数",
    "Print.total": "张数",
    "Print.state": "状态",
    "ReconciliationMonth.month": "月份，该月第一天",
    "ReconciliationMonth.scopes": "各险种、清算类别和经办机构的合计",
    "NewKey.scopes": "授权范围，权限代码",
    "Entitlement.fund": "基金",
    "CheckIssue.cases": "涉及的数据",
    "OneAcceptanceRun.cases": "每个交易的结论",
    "Problem.type": "问题类型，固定为 about:blank",
    "Problem.title": "状态码的中文名称",
    "Problem.status": "HTTP 状态码",
    "Problem.errors": "各处问题，指向请求内容",
    "Recharge.account": "预交金账户",
    "ReconciliationMonthScope.account": "个人账户支付",
    "ReconciliationMonthScope.fund": "基金支付总额",
    "ReconciliationMonthScope.total": "医疗费总额",
    "Entitlement.reason": "不享受的原因",
    "ChangedWebhook.name": "名称",
    "ApplicationCheck.agency": "清算机构",
    "Arrival.advices": "各种结果的医嘱条数",
    "Share.items": "项目数",
}
NAMES = {
    "insured_at": "参保地医保区划",
    "person_type": "人员类别",
    "severity": "严重程度，block 时不能提交",
    "sha256": "文件内容的 SHA-256 摘要",
    "digest": "文件内容的摘要",
    "addresses": "允许的来源地址或网段，空为不限",
    "answer": "医保中心的答复，接口的字段名；没有答复时为空",
    "at": "时间",
    "bill": "收费批次的编号",
    "by_audit": "按审核状态分组",
    "cancelled_by": "撤销它的操作",
    "categories": "按收费类别分组",
    "choices": "可选的答复",
    "closed_at": "月结时间",
    "clr_optins": "清算经办机构",
    "clr_type": "清算类别",
    "code": "代码",
    "codes": "全部代码",
    "comments": "备注",
    "connect_timeout": "连接超时，秒",
    "created": "建立时间",
    "decisions": "处理",
    "discharge": "出院资料",
    "entitlements": "待遇",
    "error": "没有完成的原因",
    "events": "通知的事件",
    "evidence": "核实的证据",
    "expires": "到期时间",
    "files": "上传和下载的文件",
    "findings": "金额等式不符的项目",
    "hints": "提示",
    "id": "编号",
    "insurance": "险种",
    "insurances": "参保信息",
    "insutype": "险种类型",
    "invoices": "发票",
    "is_active": "是否启用",
    "is_granted": "是否享受",
    "issues": "检查出的问题",
    "items": "本页的记录",
    "label": "中文名称",
    "lines": "费用明细",
    "maker": "生产厂家",
    "name": "名称",
    "next": "下一页的地址；没有下一页时为空",
    "note": "说明",
    "operation": "正在办理或最近办理它的操作的编号，GET /api/v1/operations/{id}",
    "operations": "提交的操作",
    "own_price": "医院单价",
    "per_minute": "每分钟最多请求次数",
    "prefix": "密钥的前 8 位，用于辨认",
    "read_timeout": "等待答复的时间，秒",
    "reason": "理由",
    "recharge": "充值的编号",
    "revisions": "全部版次",
    "run": "对账的编号",
    "sendings": "各次发送",
    "seq": "序号，从 1 起连续",
    "shares": "各基金或种类的份额",
    "spec": "规格",
    "specification": "规格",
    "state": "状态",
    "statistics": "合计",
    "switches": "开关",
    "text": "内容",
    "title": "标题",
    "totals": "各范围的总额对账",
    "trace_codes": "药品追溯码",
    "undone_by": "撤销它的操作",
    "unit": "单位",
    "url": "地址",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "visit": "就诊的编号",
    "wire_names": "报文字段名的对应",
    "year": "年份",
}
#: Decimals that are no money, and what they are measured in; every other decimal is yuan.
UNITS = {
    "quantity": "按计价单位",
    "period_days": "天",
    "selfpay_share": "比例，1 为全自付",
    "score": "分",
    "drug_share": "%",
}
SAID = ("元", "%", "％")
HAN = re.compile("[\u4e00-\u9fff]")


def describe(result: Json, **_: Any) -> Json:
    """For drf-spectacular's hooks: the schema with words at every property."""
    for component, part in result.get("components", {}).get("schemas", {}).items():
        for name, one in part.get("properties", {}).items():
            if "$ref" in one:
                one = part["properties"][name] = {"allOf": [one]}
            if said := described(component, name, one):
                one["description"] = said
    return result


def described(component: str, name: str, one: Json) -> str:
    """What is said about this property, with its unit; empty when nobody said anything."""
    own = str(one.get("description") or one.get("title") or "")
    usual = NAMED.get(f"{component}.{name}") or NAMES.get(name, "")
    said = own if HAN.search(own) or not usual else f"{usual}：{own}" if own and own not in usual else usual
    if one.get("format") == "decimal" and said and not any(unit in said for unit in SAID):
        return f"{said}，{UNITS.get(name, '元')}"
    return said
