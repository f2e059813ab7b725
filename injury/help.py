"""The help on work injury, in the terms of its interface."""

from typing import Any

from injury.messages.errors import documented_errors
from injury.messages.gateway import CODES
from portal.web.manual import Topic

CHAPTER = "工伤保险"


def errors() -> dict[str, Any]:
    """Every documented error, and how many of them prove that nothing happened."""
    found = documented_errors(CODES / "errors.json")
    return {"errors": found, "count": len(found), "definite": sum(one.definite for one in found)}


def topic(name: str, title: str, order: int, pages: tuple[str, ...], words: str, **more: Any) -> None:
    template = f"help/injury/{name.replace('-', '_')}.html"
    Topic(name, CHAPTER, title, template, order, tuple(f"injury:{one}" for one in pages), words, **more)


topic(
    "flow-old",
    "老工伤：从查询到结算单",
    10,
    (
        *("people#find", "people-by#find", "enquiry#find", "enquiry-state#find"),
        *("admission-list#lists", "admission-new#admission", "admission-edit#admission", "admission-detail#admission"),
        *("admission-state#admission", "admission-undo#admission", "admission-identity#identity"),
        *("treatment-batch#lists", "centre-row#lists", "uploaded-people#lists"),
    ),
    "流程 步骤 入院登记 继续治疗申请 4.3 4.4 4.8 4.9",
)
topic("flow-new", "新发工伤", 20, ("report-batch#reports",), "事故备案 自费出院 垫付 4.6 4.7 6.3")
topic("flow-cross", "跨省异地就医", 30, (), "备案 社保卡 电子凭证 4.21 4.22 4.24 4.26 4.28 4.29")
topic(
    "fees",
    "医嘱与费用",
    40,
    (
        *("fee-list#list", "fee-detail#list", "held-list#list", "fee-totals#totals", "fee-new#enter"),
        *("fee-correct#enter", "fee-import#enter", "fee-import-preview#enter", "advice-list#advices"),
        "advice-new#advices",
    ),
    "退费 追溯码 抢救 非工伤 导入 81035 81038",
)
topic(
    "upload",
    "费用上传与作废",
    50,
    (
        *("upload-list#upload", "upload#upload", "upload-progress#doubt", "upload-detail#upload"),
        *("wipe#wipe", "upload-schedule#schedule"),
    ),
    "重复 翻倍 合计 核准 作废 自动上传 4.10 4.11 4.12 4.25",
)
topic(
    "mapping",
    "目录对照",
    60,
    (
        *("mapping-list#mapping", "mapping-new#mapping", "mapping-edit#mapping", "catalogue-search#mapping"),
        *("mapping-renewals#versions", "mapping-coverage#coverage", "mapping-import#import", "mapping-lines#import"),
        *("catalogue-list#catalogue", "catalogue-import#catalogue", "catalogue-lines#catalogue"),
        *("catalogue-file#catalogue", "catalogue-file-progress#catalogue", "mapping-file#import"),
    ),
    "SZFYP999 SZFZL999 SZFCL999 目录外 版本号 限价 拼音 对码",
)
topic(
    "discharge",
    "出院与材料",
    70,
    (
        *("discharge#editor", "discharge-node#editor", "discharge-record#editor", "discharge-invoices#invoices"),
        *("discharge-submit#submit", "discharge-undo#submit", "materials#materials", "material-list#materials"),
    ),
    "病案首页 电子发票 撤销出院 4.13 4.14 4.18",
)
topic(
    "sheet",
    "结算单、剔除项目与药占比",
    80,
    (
        *("sheet#sheet", "sheet-list#sheet", "sheet-preview#papers", "rejected-list#rejected", "drug-ratio#drugs"),
        *("paper-sheet#papers", "paper-treatment#papers", "paper-treatment-of#papers"),
    ),
    "4.16 4.17 5.4 6.7 打印",
)
topic("session", "接口登录", 90, (), "sessionid 21003 用户已登录 退出 接管")
topic("errors", "工伤接口错误代码", 100, ("error-list#errors",), "错误码 下一步", context=errors)
