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
