"""Social security cards, of plastic and electronic (4.19, 4.20, 4.28, 4.29)."""

from __future__ import annotations

from injury.messages.gateway import INJURY, Ack
from portal.gateway.messages import Request, item


class CardCheck(Ack):
    """Whether a card is valid (4.19)."""

    errmsg: str = item("鉴权失败原因", 100, default="")
    result: str = item("鉴权结果", 1, default="")


class CheckCard(Request[CardCheck], code="sbkAuth", title="实体社保卡鉴权", gateway=INJURY, safe=True):
    """Check a plastic card (4.19)."""

    aaz500: str = item("社保卡卡号", 9, secret=True, min_length=1)
    aaz501: str = item("卡识别码", 32, secret=True, min_length=1)
    aac002: str = item("社会保障号码", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 50, secret=True, min_length=1)


class CardHolder(Ack):
    """Whose electronic card it is (4.20)."""

    aac002: str = item("社会保障号码", 20, secret=True, default="")
    aac003: str = item("姓名", 50, secret=True, default="")
    aaz502: str = item("实体卡状态", 3, codes="injury.aaz502", default="")


class CheckElectronicCard(Request[CardHolder], code="dzSbkAuth", title="电子社保卡鉴权", gateway=INJURY, safe=True):
    """Check an electronic card by its code (4.20)."""

    qrcode: str = item("二维码识别内容", 22, secret=True, min_length=1)
    operatorid: str | None = item("操作员工编号", 32, default=None)
    operatorname: str | None = item("操作员工姓名", 32, default=None)


class ElectronicCard(Ack):
    """What an electronic card of another province says (4.28)."""

    aac147: str = item("社会保障号码", 20, secret=True, default="")
    aac003: str = item("姓名", 50, secret=True, default="")
    aaz501: str = item("卡识别码", 64, secret=True, default="")
    aaz500: str = item("实体卡卡号", 20, secret=True, default="")


class ReadElectronicCard(
    Request[ElectronicCard], code="parsingQrcode", title="电子社保卡读卡（异地）", gateway=INJURY, safe=True
):
    """Read an electronic card (4.28)."""

    qrcode: str = item("二维码识别内容", 22, secret=True, min_length=1)


class PlasticCard(Ack):
    """What a plastic card of another province says (4.29)."""

    aac147: str = item("社会保障号码", 20, secret=True, default="")
    aac003: str = item("姓名", 50, secret=True, default="")
    baz932: str = item("卡有效期", 19, default="")
    aaz502: str = item("卡应用状态", 3, codes="injury.aaz502", default="")


class ReadCard(Request[PlasticCard], code="parsingSbk", title="实体社保卡读卡（异地）", gateway=INJURY, safe=True):
    """Read a plastic card (4.29)."""

    aaz500: str = item("社保卡卡号", 9, secret=True, min_length=1)
    aaz501: str = item("卡识别码", 32, secret=True, min_length=1)
