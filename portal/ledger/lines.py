"""One line of what a hospital's system brings: its columns, and what must be right about them. Pure.

The same columns for REST (names), text files and Excel (names, Chinese labels, or the interface's own names).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from portal.codes import code_list
from portal.ledger.facts import ZERO, EntryFacts, Standing
from portal.vault.masks import mask_name

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATIONAL = "national"
#: Whole yuan with at most two places; ASCII digits only.
AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2}0{0,4})?", re.ASCII)
MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[ T]?(\d\d):?(\d\d):?(\d\d)?(?:\.\d{1,6})?)?", re.ASCII)
CENT = Decimal("0.01")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
YES, NO = {"1", "是", "true"}, {"", "0", "否", "false"}


class Wrong(ValueError):
    """A value that is not right; the sentence does not repeat it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line: the column's name, its label, the reason."""

    name: str
    label: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.label}：{self.sentence}"


@dataclass(frozen=True, slots=True)
class Head:
    """A column: our name, the label, the interface's name, how long, and whether an entry of the national interface
    needs it (`needed` for all)."""

    name: str
    label: str
    wire: str
    length: int = 0
    needed: bool = False
    national: bool = False
    note: str = ""


#: In the order of a text file without a head.
HEADS = (
    Head("number", "结算单号", "", 60, needed=True, note="本院唯一；退费与原结算同号"),
    Head("settled_at", "结算时间", "setl_time", needed=True, note="医保平台返回的结算时间，yyyy-MM-dd HH:mm:ss"),
    Head("is_refund", "退费标志", "refd_setl_flag", note="1 退费；空着按金额正负判断"),
    Head("total", "医疗费总额", "medfee_sumamt", needed=True, note="元，两位小数；退费为负数"),
    Head("fund", "基金支付总额", "fund_pay_sumamt", needed=True),
    Head("account", "个人账户支出", "acct_pay", needed=True),
    Head("cash", "个人现金支出", "psn_cash_pay"),
    Head("setl_id", "结算ID", "setl_id", 30, national=True),
    Head("mdtrt_id", "就诊ID", "mdtrt_id", 30, national=True),
    Head("person_no", "人员编号", "psn_no", 30, national=True),
    Head("insutype", "险种类型", "insutype", 6, national=True),
    Head("clr_type", "清算类别", "clr_type", 6, national=True),
    Head("clr_optins", "清算经办机构", "clr_optins", 20, national=True),
    Head("msgid", "报文编号", "msgid", 64, note="结算交易的发送方报文ID"),
    Head("person", "姓名", "psn_name", 60, note="只保存遮盖后的"),
    Head("about", "住院/门诊号", "ipt_otp_no", 60),
    Head("family", "接口", "", 20, note="空着为国家医保接口"),
    Head("is_void", "作废标志", "", note="1 这一笔不再计入"),
)
NAMES = tuple(head.name for head in HEADS)
BY_NAME = {head.name: head for head in HEADS}
TEXTS = tuple(head.name for head in HEADS if head.length)
AMOUNTS = ("total", "fund", "account", "cash")
FAMILIES = {"": NATIONAL, "national": NATIONAL, "国家医保接口": NATIONAL, "injury": "injury", "工伤保险接口": "injury"}
CODES = {"insutype": "national.insutype", "clr_type": "national.clr_type"}


def known_heads() -> dict[str, str]:
    """Everything a column may be called, and its name here."""
    return {word.lower(): head.name for head in HEADS for word in (head.name, head.label, head.wire) if word}


@lru_cache(maxsize=8)
def _codes(name: str) -> frozenset[str]:
    return frozenset(code for code, _ in code_list(name).choices())


def read_line(values: Mapping[str, Any]) -> tuple[EntryFacts | None, list[Fault]]:
    """The entry that a line tells of, or every fault of it. Values are text; of Excel and REST numbers, too."""
    faults: list[Fault] = []
    read: dict[str, Any] = {}

    def take(name: str, reader: Callable[[Any], Any]) -> None:
        try:
            read[name] = reader(values.get(name))
        except Wrong as wrong:
            faults.append(Fault(name, BY_NAME[name].label, str(wrong)))

    for name in TEXTS:
        take(name, partial(_text, length=BY_NAME[name].length))
    take("settled_at", _moment)
    for name in AMOUNTS:
        take(name, _amount)
    for name in ("is_refund", "is_void"):
        take(name, _flag)
    if not faults:
        faults = _together(read)
    if faults:
        return None, faults
    voided = read.pop("is_void")
    read["person"] = mask_name(read["person"])
    return EntryFacts(**read, standing=Standing.VOID if voided else Standing.SETTLED), []


def _together(read: dict[str, Any]) -> list[Fault]:
    """What only shows when the line is looked at as a whole; puts in what follows from the rest."""
    family = FAMILIES.get(read["family"])
    if family is None:
        return [Fault("family", "接口", "只能是国家医保接口（national）或工伤保险接口（injury）")]
    read["family"] = family
    needed = [
        head for head in HEADS if (head.needed or (head.national and family == NATIONAL)) and head.name != "total"
    ]
    found = [Fault(head.name, head.label, "必填") for head in needed if read[head.name] in ("", None)]
    if read["total"] is None:
        found.append(Fault("total", "医疗费总额", "必填"))
    if family == NATIONAL:
        found += [
            Fault(name, BY_NAME[name].label, f"“{read[name]}”不在字典中")
            for name, listed in CODES.items()
            if read[name] and read[name] not in _codes(listed)
        ]
    if found:
        return found
    for name in AMOUNTS:
        read[name] = read[name] if read[name] is not None else ZERO
    if read["is_refund"] is None:
        read["is_refund"] = read["total"] < 0
    wrong = [name for name in AMOUNTS if (read[name] > 0 if read["is_refund"] else read[name] < 0)]
    said = "退费的金额不能为正数" if read["is_refund"] else "结算的金额不能为负数；退费请标明退费标志"
    found += [Fault(name, BY_NAME[name].label, said) for name in wrong]
    if abs(read["fund"]) + abs(read["account"]) > abs(read["total"]):
        found.append(Fault("total", "医疗费总额", "小于基金支付与个人账户之和"))
    return found


def _text(value: Any, length: int) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Wrong("应为文本")
    text = str(value).strip()
    if text == "null":
        return ""
    if len(text) > length:
        raise Wrong(f"最多 {length} 个字符")
    if UNPRINTABLE.search(text):
        raise Wrong("有不能显示的字符")
    return text


def _amount(value: Any) -> Decimal | None:
    """Yuan; of Excel a number whose third place is nothing but the computer's rounding."""
    if value is None or value in ("", "null"):
        return None
    if isinstance(value, bool):
        raise Wrong("应为金额")
    if isinstance(value, float):
        value = f"{value:.6f}"
    elif isinstance(value, int | Decimal):
        value = str(value)
    if not isinstance(value, str) or not AMOUNT.fullmatch(text := value.strip()):
        raise Wrong("应为半角数字，最多两位小数")
    return Decimal(text).quantize(CENT) + ZERO


def _flag(value: Any) -> bool | None:
    """None when nothing is said."""
    text = str(int(value) if isinstance(value, float | bool) else value if value is not None else "").strip().lower()
    if text in ("", "null"):
        return None
    if text in YES or text in NO:
        return text in YES
    raise Wrong("应为 1（是）或 0（否）")


def _moment(value: Any) -> datetime | None:
    if value is None or value in ("", "null"):
        return None
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, str):
        found = _written(value.strip())
    else:
        raise Wrong("应为 yyyy-MM-dd HH:mm:ss")
    found = found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    if not 2000 <= found.year <= 2100:
        raise Wrong("年份不对")
    return found


def _written(text: str) -> datetime:
    if matched := MOMENT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in matched.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
        except ValueError:
            raise Wrong("没有这个时间") from None
    try:
        return datetime.fromisoformat(text)  # with an offset
    except ValueError:
        raise Wrong("应为 yyyy-MM-dd HH:mm:ss") from None


def columns_of(cells: Sequence[Any]) -> list[str]:
    """The names of a file's head, "" for a column that is not ours; an empty list when this is no head."""
    known = known_heads()
    found = [known.get(str(cell or "").strip().rstrip("*").lower(), "") for cell in cells]
    return found if found.count("") < len(found) and "number" in found else []


def missing(columns: Sequence[str]) -> list[str]:
    """Labels of columns that every file needs and this one lacks."""
    return [head.label for head in HEADS if head.needed and head.name not in columns]
