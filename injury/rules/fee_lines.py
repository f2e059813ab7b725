"""What one fee item must look like before it is taken (4.10, 4.24): pure, every fault with its field and its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from injury.rules.fee_amounts import EXACT, check_numbers, read_number
from injury.rules.fee_fields import ADVICE_LABELS, LABELS, Limits, limits
from portal.codes import code_list

#: Control, invisible and direction characters, halves of characters: nobody typed them on purpose.
ODD = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]")
#: What a number of the hospital's may not hold: blanks and full-width characters.
WIDE = re.compile("[\\s\u3000\uff01-\uff5e]")
DAY = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
COUNT = re.compile(r"[0-9]{1,4}", re.ASCII)
#: The first seven characters name the drug, so a shorter code names none; the usual length is twenty.
TRACE_CODE = re.compile(r"[0-9A-Za-z]{7,50}", re.ASCII)
MOST_TRACE_CODES, MOST_DAYS = 200, 9999
DRUG = "0"
KINDS = ("0", "1", "9")
REQUIRED = ("line_id", "prescription", "own_code", "own_name", "advice_no")
NUMBERED = ("line_id", "prescription", "own_code", "advice_no", "refunds")
FLAGS: dict[object, bool] = {None: False, "": False, "0": False, "1": True}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: place of the line (from 0), its number, our name of the field, the reason."""

    index: int
    line_id: str
    field: str
    sentence: str
    #: The line is known with other content: a conflict, not bad input.
    is_conflict: bool = False
    #: Which list of the delivery the line stands in: fees or advices.
    content: str = "fees"

    @property
    def label(self) -> str:
        known = LABELS if self.content == "fees" else ADVICE_LABELS
        return known.get(self.field, "整行" if self.field == "line" else self.field)

    def __str__(self) -> str:
        what = "医嘱" if self.content == "advices" else ""
        which = f"（流水号 {self.line_id}）" if self.line_id and self.field not in ("line_id", "number") else ""
        return f"{what}第 {self.index + 1} 行{which}{self.label}：{self.sentence}"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a line is judged by: the stay's days and whose declaration holds."""

    admitted_on: date
    discharged_on: date | None
    today: date
    elsewhere: bool = False


@dataclass(slots=True)
class Line:
    """A fee item as the hospital says it, checked. `refunds` is the number of the charged line, or empty."""

    line_id: str
    prescription: str
    prescribed_on: date
    days: int
    own_code: str
    own_name: str
    common_name: str
    kind: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    own_category: str
    own_grade: str
    dosage_form: str
    specification: str
    maker: str
    advice_no: str
    trace_codes: str
    is_unrelated: bool
    is_rescue: bool
    remark: str
    explanation: str
    refunds: str

    @property
    def is_refund(self) -> bool:
        return self.amount < 0


NAMES = tuple(one.name for one in fields(Line))
VALUES = attrgetter(*NAMES)


def check_lines(given: Sequence[Any], scene: Scene) -> tuple[list[Line | None], list[Fault]]:
    """Each line checked (None where it is faulty) and every fault of all of them, in the order of the lines."""
    found: list[Line | None] = []
    faults: list[Fault] = []
    for index, one in enumerate(given):
        wrong: dict[str, str] = {}
        line = read_line(one, scene, wrong) if isinstance(one, Mapping) else None
        if line is None and not wrong:
            wrong["line"] = "每行应为一组字段"
        number = one.get("line_id") if isinstance(one, Mapping) else ""
        named = number if isinstance(number, str) and len(number) <= OWN_NUMBER else ""
        faults += [Fault(index, named, field, sentence) for field, sentence in wrong.items()]
        found.append(None if wrong else line)
    return found, faults


OWN_NUMBER = limits(elsewhere=False).texts["line_id"]


def read_line(given: Mapping[str, Any], scene: Scene, wrong: dict[str, str]) -> Line | None:
    """One line; `wrong` gets a sentence for each field at fault, and None comes back."""
    for name in given.keys() - LABELS.keys():
        wrong[str(name)[:50]] = "没有这个字段"
    texts = _texts(given, scene, wrong)
    numbers = {name: read_number(given.get(name), of, name, wrong) for name, of in _limits(scene).numbers.items()}
    check_numbers(numbers, wrong)
    on: Any = _day_of(given.get("prescribed_on"), scene, wrong)
    days = _days(given.get("days"), wrong)
    flags = {name: _flag(given.get(name), name, wrong) for name in ("is_unrelated", "is_rescue")}
    kind = _code(given.get("kind"), "kind", KINDS, wrong)
    grade = _code(given.get("own_grade"), "own_grade", code_list("injury.aka065"), wrong, required=False)
    _check_texts(texts, kind, numbers["amount"], wrong)
    if wrong:
        return None
    if not texts["common_name"]:
        texts["common_name"] = texts["own_name"]
    said: dict[str, Any] = {**texts, **numbers, **flags}
    return Line(prescribed_on=on, days=days, kind=kind, own_grade=grade, **said)


def _limits(scene: Scene) -> Limits:
    return limits(elsewhere=scene.elsewhere)


def _texts(given: Mapping[str, Any], scene: Scene, wrong: dict[str, str]) -> dict[str, str]:
    found = {}
    for name, most in _limits(scene).texts.items():
        value = given.get(name)
        if value is None:
            found[name] = ""
        elif type(value) is not str:
            found[name], wrong[name] = "", "应为文本"
        else:
            found[name] = value = value.strip(" \u3000")
            if len(value) > most:
                wrong[name] = f"最多 {most} 个字符"
    codes = given.get("trace_codes")
    if codes is not None and type(codes) is not str:
        wrong["trace_codes"] = "应为文本，多个用半角逗号分隔"
    found["trace_codes"] = codes if isinstance(codes, str) else ""
    if ODD.search("".join(found.values())):
        wrong |= {name: "含有不可见或无法识别的字符" for name, value in found.items() if ODD.search(value)}
    return found


def _check_texts(texts: dict[str, str], kind: str, amount: Decimal | None, wrong: dict[str, str]) -> None:
    for name in REQUIRED:
        if not texts[name]:
            wrong.setdefault(name, "必填；无法关联医嘱的填 999" if name == "advice_no" else "必填")
    for name in NUMBERED:
        if texts[name] and WIDE.search(texts[name]):
            wrong.setdefault(name, "不能有空格和全角字符")
    if not texts["common_name"] and len(texts["own_name"]) > limits(elsewhere=False).texts["common_name"]:
        wrong.setdefault("common_name", "没有通用名时以项目名称代替，但项目名称超过 30 个字符，须另填通用名")
    if kind == DRUG and not texts["specification"]:
        wrong.setdefault("specification", "药品必填")
    if texts["own_category"] and texts["own_category"] not in code_list("injury.aka063"):
        wrong.setdefault("own_category", "没有这个收费类别，请参照代码表 AKA063（81024）")
    if texts["refunds"] and amount is not None and amount > 0:
        wrong.setdefault("refunds", "只有退费（数量和金额为负数）才填写")
    if texts["trace_codes"]:
        _check_trace_codes(texts["trace_codes"], wrong)


def _check_trace_codes(text: str, wrong: dict[str, str]) -> None:
    codes = text.split(",")
    if "，" in text or "、" in text or ";" in text or "；" in text:
        wrong.setdefault("trace_codes", "多个追溯码须用半角逗号“,”分隔")
    elif any(letter.isspace() for letter in text):
        wrong.setdefault("trace_codes", "不能有空格")
    elif not all(map(TRACE_CODE.fullmatch, codes)):
        place = next(place for place, code in enumerate(codes, 1) if not TRACE_CODE.fullmatch(code))
        wrong.setdefault("trace_codes", f"第 {place} 个不是追溯码：应为 7 至 50 位半角数字或字母")
    elif len(codes) > MOST_TRACE_CODES:
        wrong.setdefault("trace_codes", f"一行最多 {MOST_TRACE_CODES} 个")
    elif len(set(codes)) != len(codes):
        wrong.setdefault("trace_codes", "同一行中有重复的追溯码")


@lru_cache(4096)
def a_day(text: str) -> date | None:
    """The day that is written as 2025-06-01; None for anything else."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _day_of(value: Any, scene: Scene, wrong: dict[str, str]) -> date | None:
    if value is None or value == "":
        wrong["prescribed_on"] = "必填"
        return None
    on = a_day(value) if isinstance(value, str) else value if type(value) is date else None
    if on is None:
        wrong["prescribed_on"] = "应为日期，如 2025-06-01"
    elif on < scene.admitted_on:
        wrong["prescribed_on"] = f"{on} 早于入院日期 {scene.admitted_on}"
    elif on > scene.today:
        wrong["prescribed_on"] = f"{on} 晚于今天 {scene.today}"
    elif scene.discharged_on and on > scene.discharged_on:
        wrong["prescribed_on"] = f"{on} 晚于出院日期 {scene.discharged_on}"
    return on


def _days(value: Any, wrong: dict[str, str]) -> int:
    if value is None or value == "":
        wrong["days"] = "必填"
        return 0
    if isinstance(value, str) and COUNT.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 1 <= value <= MOST_DAYS:
        wrong["days"] = f"应为 1 至 {MOST_DAYS} 的整数"
        return 0
    return int(value)


def _flag(value: Any, name: str, wrong: dict[str, str]) -> bool:
    if type(value) is bool:
        return value
    if (value is not None and type(value) is not str) or value not in FLAGS:
        wrong[name] = "应为是或否（1 或 0）"
        return False
    return FLAGS[value]


def _code(value: Any, name: str, known: Any, wrong: dict[str, str], *, required: bool = True) -> str:
    if value is None or value == "":
        if required:
            wrong[name] = "必填"
        return ""
    if type(value) is not str or value not in known:
        wrong[name] = {"kind": "应为 0 药品、1 诊疗或 9 耗材（81027）"}.get(name, "没有这个代码，请参照代码表")
        return ""
    return value


def digest(line: Line) -> str:
    """32 hex digits of everything that the hospital said; numbers of a checked line are written in one way only."""
    return blake2b("\x1f".join(map(str, VALUES(line))).encode(), digest_size=16).hexdigest()


def told(value: Any) -> str:
    """A value as a sentence shows it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{EXACT.normalize(value):f}"
    return str(value) or "空"


def differences(before: Any, after: Any, names: Sequence[str] = NAMES) -> str:
    """What two versions of a line say differently: “单价 399 → 400、数量 1 → 2”."""
    found = [(name, getattr(before, name), getattr(after, name)) for name in names]
    return "、".join(f"{LABELS[name]} {told(old)} → {told(new)}" for name, old, new in found if old != new)
