"""The card reader's functions (access guide, supplement: card library), asked through the same bridge.

The bridge calls Init by itself before the first of them. What a card says is text in the library's own form; a value
other than 0 refuses with its words.
"""

from __future__ import annotations

from portal.gateway.desk.gateway import ONETRANS, at_desk
from portal.gateway.messages import Record, Request, item


class CardAnswer(Record):
    """What the library wrote: the text with its separators, and the control's signature."""

    text: str = item("读出的信息", 65536, default="", secret=True)
    signature: str = item("控件签名", 8192, default="", secret=True)


class Init(Request[CardAnswer], code="Init", title="读卡动态库初始化", gateway=ONETRANS, safe=True, patience=30):
    """Initialise the card library (supplement 2.3.1); the channel's own address and region where none are given."""

    url: str = item("初始化地址", 1000, default="")
    user: str = item("使用地区", 60, default="")
    desk: str = at_desk()


class ReadCardBas(
    Request[CardAnswer], code="ReadCardBas", title="读社保卡基本信息", gateway=ONETRANS, safe=True, patience=60
):
    """Read the social security card (supplement 2.3.2): region, number, card, name … separated by |."""

    desk: str = at_desk()


class VerifyPin(Request[CardAnswer], code="VerifyPIN", title="校验 PIN 码", gateway=ONETRANS, safe=True, patience=120):
    """Let the patient type the card's PIN (supplement 2.3.3); six wrong ones lock the card."""

    desk: str = at_desk()


class ChangePin(
    Request[CardAnswer],
    code="ChangePIN",
    title="修改 PIN 码",
    gateway=ONETRANS,
    check="VerifyPIN",
    quiet=240,
    patience=180,
):
    """Let the patient change the card's PIN (supplement 2.3.4)."""

    desk: str = at_desk()


class ReadSfz(Request[CardAnswer], code="ReadSFZ", title="读身份证", gateway=ONETRANS, safe=True, patience=60):
    """Read the identity card (supplement 2.3.5): number, name … photo separated by ^."""

    desk: str = at_desk()


class GetQrBase(Request[CardAnswer], code="GetQRBase", title="读二维码", gateway=ONETRANS, safe=True, patience=120):
    """Read the code that the insured shows (supplement 2.3.6)."""

    timeout: int = item("等待秒数", default=30, ge=1, le=120)
    desk: str = at_desk()


CARDS = (Init, ReadCardBas, VerifyPin, ChangePin, ReadSfz, GetQrBase)
