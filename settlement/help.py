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
