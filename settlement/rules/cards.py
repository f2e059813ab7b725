"""What the card reader's library wrote, taken apart (access guide, card library: ReadCardBas, ReadSFZ, GetQRBase).

The texts are already decoded; `UnreadableCard` says in a sentence what does not fit and repeats nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REGION = re.compile(r"[0-9]{6}")
DAY = re.compile(r"(19|20)[0-9]{6}")
#: Parts of a social security card that every library writes; terminal and device may follow.
LEAST, MOST = 9, 11
IDENTITY_PARTS = 9
LONGEST_CODE = 512


class UnreadableCard(ValueError):
    """The text is not what the function is documented to write."""


@dataclass(frozen=True, slots=True)
class SocialCard:
    """ReadCardBas. `region` is the issuer's (the first six of `card_code`); `terminal` and `device` may be empty."""

    region: str
    id_no: str = field(repr=False)
    card_no: str = field(repr=False)
    card_code: str = field(repr=False)
    name: str = field(repr=False)
    reset: str = field(repr=False)
    version: str
    issued_on: str
    valid_until: str
    terminal: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """ReadSFZ. `photo` is Base64 and may be empty."""

    id_no: str = field(repr=False)
    name: str = field(repr=False)
    sex: str
    nation: str
    born_on: str = field(repr=False)
    address: str = field(repr=False)
    issuer: str
    valid: str
    photo: str = field(default="", repr=False)


def read_social_card(text: str) -> SocialCard:
    """The parts between `|`, of which the last also ends with one.

    The documented example begins with one part more than the list of parts does, and libraries without a terminal
    number leave the last one or two out: all of these are read.
    """
    parts = _parts(text, "|")
    if parts and not REGION.fullmatch(parts[0]):
        del parts[0]
    if not LEAST <= len(parts) <= MOST:
        raise UnreadableCard("社保卡信息的项数不对，请重新读卡，或核对读卡动态库的版本")
    card = SocialCard(*parts)
    if not REGION.fullmatch(card.region):
        raise UnreadableCard("社保卡信息中没有发卡地区行政区划代码，请重新读卡")
    if not (card.id_no and card.card_no and card.card_code and card.name):
        raise UnreadableCard("社保卡信息缺少号码、识别码或姓名，请重新读卡")
    if any(day and not DAY.fullmatch(day) for day in (card.issued_on, card.valid_until)):
        raise UnreadableCard("社保卡信息中的发卡日期或有效期不对，请重新读卡")
    return card


def read_identity_card(text: str) -> IdentityCard:
    """The parts between `^`, of which the last also ends with one; the photo may be missing."""
    parts = _parts(text, "^")
    if not IDENTITY_PARTS - 1 <= len(parts) <= IDENTITY_PARTS:
        raise UnreadableCard("身份证信息的项数不对，请重新读卡，或核对读卡动态库的版本")
    card = IdentityCard(*parts)
    if not (card.id_no and card.name):
        raise UnreadableCard("身份证信息缺少号码或姓名，请重新读卡")
    return card


def read_code(text: str) -> str:
    """The code that was scanned, without what readers append; it is never taken apart."""
    code = text.strip("\r\n\t \0")
    if not code or len(code) > LONGEST_CODE or not code.isprintable():
        raise UnreadableCard("没有扫到二维码，请让患者重新出示")
    return code


def _parts(text: str, mark: str) -> list[str]:
    """Between the marks, without what the closing one leaves behind."""
    parts = [one.strip() for one in text.strip("\r\n\0").split(mark)]
    return parts[:-1] if parts and not parts[-1] and len(parts) > 1 else parts
