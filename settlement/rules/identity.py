"""Certificates that an insured person shows, as 1101 wants them (access guide, chapter 4); pure.

Four ways: an e-voucher's code (01), an identity number (02), a social-security card (of this province by its identity
number: 02; of another one by card number and its code: 03), and other papers (03 with 99).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "10X98765432"
#: mdtrt_cert_type.
E_VOUCHER, IDENTITY_CARD, SOCIAL_CARD = "01", "02", "03"
#: psn_cert_type as the guide writes it for cards of other provinces and for other papers.
RESIDENT, OTHER_PAPER = "1", "99"
Faults = tuple[tuple[str, str], ...]


class Way(StrEnum):
    """How somebody shows who they are."""

    VOUCHER = "voucher"
    IDENTITY = "identity"
    CARD = "card"
    CROSS_CARD = "cross_card"
    PAPER = "paper"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Way.VOUCHER: "医保电子凭证",
    Way.IDENTITY: "居民身份证",
    Way.CARD: "社保卡（省内）",
    Way.CROSS_CARD: "社保卡（跨省）",
    Way.PAPER: "其他证件",
}
#: What each way is told by, in the order of its form.
NEEDED: dict[Way, tuple[str, ...]] = {
    Way.VOUCHER: ("code",),
    Way.IDENTITY: ("identity",),
    Way.CARD: ("identity",),
    Way.CROSS_CARD: ("card", "card_sn", "identity"),
    Way.PAPER: ("document",),
}
FIELDS = {
    "code": "电子凭证码",
    "identity": "身份证号码",
    "card": "社保卡卡号",
    "card_sn": "卡识别码",
    "document": "证件号码",
    "name": "姓名",
}


class WrongCertificate(ValueError):
    """What is shown cannot be a certificate; `faults` has (field, sentence) of everything at once."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("；".join(sentence for _, sentence in faults))
        self.faults = faults


@dataclass(frozen=True)
class Certificate:
    """One certificate under the terms of 1101; its numbers never appear in `repr`.

    `type` is mdtrt_cert_type, `number` mdtrt_cert_no, `paper` psn_cert_type, `document` certno, `name` psn_name.
    """

    type: str
    number: str
    card_sn: str = ""
    paper: str = ""
    document: str = ""
    name: str = ""

    def __repr__(self) -> str:
        return f"Certificate({self.type})"

    @property
    def is_voucher(self) -> bool:
        """Whether it is a code that serves once."""
        return self.type == E_VOUCHER

    def wire(self) -> dict[str, str]:
        """Under the names of 1101; what it does not have is left out."""
        named = {
            "mdtrt_cert_type": self.type,
            "mdtrt_cert_no": self.number,
            "card_sn": self.card_sn,
            "psn_cert_type": self.paper,
            "certno": self.document,
            "psn_name": self.name,
        }
        return {name: value for name, value in named.items() if value}

    @classmethod
    def of_wire(cls, given: Mapping[str, str], today: date) -> Certificate:
        """From the names of 1101; raises WrongCertificate when they do not go together."""
        names = ("mdtrt_cert_type", "mdtrt_cert_no", "card_sn", "psn_cert_type", "certno", "psn_name")
        made = cls(*(str(given.get(name) or "").strip() for name in names))
        if faults := made.faults(today):
            raise WrongCertificate(faults)
        return made

    def faults(self, today: date) -> Faults:
        """Everything that is wrong with the combination, by the names of 1101; empty for a legal one."""
        found: list[tuple[str, str]] = []
        if self.type not in (E_VOUCHER, IDENTITY_CARD, SOCIAL_CARD):
            found.append(("mdtrt_cert_type", "就诊凭证类型应为 01 电子凭证、02 身份证或 03 社保卡"))
        if not self.number:
            found.append(("mdtrt_cert_no", "请填写就诊凭证编号"))
        elif self.type == IDENTITY_CARD and (fault := identity_fault(self.number, today)):
            found.append(("mdtrt_cert_no", f"身份证号码{fault}"))
        elif self.type == E_VOUCHER and (fault := code_fault(self.number)):
            found.append(("mdtrt_cert_no", fault))
        if self.type == SOCIAL_CARD:
            found += self._card_faults(today)
        elif self.card_sn:
            found.append(("card_sn", "卡识别码只随社保卡（03）填写"))
        if self.type != SOCIAL_CARD and self.document and self.paper in ("", RESIDENT, "01"):
            fault = identity_fault(self.document, today)
            found += [("certno", f"身份证号码{fault}")] if fault else []
        return tuple(found)

    def _card_faults(self, today: date) -> list[tuple[str, str]]:
        found = []
        if not self.card_sn:
            found.append(("card_sn", "使用社保卡（03）时须同时填写卡识别码"))
        if self.paper not in (RESIDENT, "01", OTHER_PAPER):
            found.append(("psn_cert_type", "人员证件类型应为 1 身份证或 99 其他证件"))
        if not self.document:
            found.append(("certno", "使用社保卡（03）时须同时填写证件号码"))
        elif self.paper == OTHER_PAPER and not self.number == self.document == self.card_sn:
            found.append(("certno", "其他证件的凭证编号、卡识别码和证件号码都填写证件号码"))
        elif self.paper in (RESIDENT, "01") and (fault := identity_fault(self.document, today)):
            found.append(("certno", f"身份证号码{fault}"))
        return found


def shown(way: Way, given: Mapping[str, str], today: date) -> Certificate:
    """The certificate of what was scanned or typed this way; raises WrongCertificate with all faults."""
    values = {name: str(given.get(name) or "").strip() for name in FIELDS}
    values["identity"] = values["identity"].upper()
    faults = [(name, f"请填写{FIELDS[name]}") for name in NEEDED[way] if not values[name]]
    if "identity" in NEEDED[way] and values["identity"] and (fault := identity_fault(values["identity"], today)):
        faults.append(("identity", f"身份证号码{fault}"))
    if way is Way.VOUCHER and values["code"] and (fault := code_fault(values["code"])):
        faults.append(("code", fault))
    sizes = {"card": 50, "card_sn": 32, "document": 32, "name": 50}
    for name in (*NEEDED[way], "name"):
        if len(values[name]) > sizes.get(name, 50):
            faults.append((name, f"{FIELDS[name]}最多 {sizes[name]} 个字符"))
    if faults:
        raise WrongCertificate(tuple(faults))
    name = values["name"]
    if way is Way.VOUCHER:
        return Certificate(E_VOUCHER, values["code"])
    if way in (Way.IDENTITY, Way.CARD):
        return Certificate(IDENTITY_CARD, values["identity"], name=name)
    if way is Way.CROSS_CARD:
        return Certificate(SOCIAL_CARD, values["card"], values["card_sn"], RESIDENT, values["identity"], name)
    paper = values["document"]
    return Certificate(SOCIAL_CARD, paper, paper, OTHER_PAPER, paper, name)


def read_line(line: str) -> dict[str, str]:
    """What a card reader typed as one line: ReadCardBas with |, ReadSFZ with ^; empty for anything else."""
    if "^" in line:
        number, name, *_ = (*line.split("^"), "", "")
        return {"identity": number.strip().upper(), "name": name.strip()}
    if line.count("|") < 4:
        return {}
    parts = [part.strip() for part in line.split("|")]
    # The guide's sample begins with a mark that its list of items does not have.
    _, identity, card, card_sn, name, *_ = parts[1:] if len(parts[0]) == 1 else parts
    return {"identity": identity.upper(), "card": card, "card_sn": card_sn, "name": name}


def code_fault(code: str) -> str:
    """What is wrong with an e-voucher's code, in a sentence; empty when nothing is."""
    if len(code) > 50:
        return "电子凭证码最多 50 个字符"
    if not re.fullmatch(r"[!-~]{6,50}", code):
        return "电子凭证码应为半角字符，请用扫码枪重新扫描"
    return ""


def check_digit(first: str) -> str:
    """The eighteenth character that belongs to these seventeen digits (GB 11643)."""
    return DIGITS[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def identity_fault(number: str, today: date) -> str:
    """What is wrong with an identity number, to be read behind its name; empty when nothing is."""
    if len(number) != 18:
        return f"应为 18 位，现在是 {len(number)} 位"
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number, re.ASCII):
        return "前 17 位应为数字，最后一位是数字或大写 X"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "第 7 至 14 位不是有效的出生日期"
    if not born.year >= 1880 or born > today:
        return "第 7 至 14 位不是有效的出生日期"
    return "" if check_digit(number[:17]) == number[17] else "校验码不对，请核对有没有输错"
