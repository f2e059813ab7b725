"""What a doctor's advice must look like before it is taken (4.10): pure, every fault with its field and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from injury.rules.fee_fields import ADVICES, advice_limits
from injury.rules.fee_lines import ODD, WIDE, Fault, a_day
from portal.codes import code_list

#: The number that fee items without an advice carry (81033).
NO_ADVICE = "999"
REQUIRED = {
    "number": "必填（81015）",
    "text": "必填（81016）",
    "doctor": "必填（81017）",
    "nurse": "必填（81018）",
}


def check_advices(given: Sequence[Any]) -> tuple[list[dict[str, Any] | None], list[Fault]]:
    """Each advice as columns of models.Advice (None where it is faulty), and every fault of all of them."""
    found: list[dict[str, Any] | None] = []
    faults: list[Fault] = []
    for index, one in enumerate(given):
        wrong: dict[str, str] = {}
        advice = read_advice(one, wrong) if isinstance(one, Mapping) else None
        if advice is None and not wrong:
            wrong["line"] = "每行应为一组字段"
        number = one.get("number") if isinstance(one, Mapping) else ""
        named = number if isinstance(number, str) and len(number) <= advice_limits()["number"] else ""
        faults += [Fault(index, named, name, sentence, content="advices") for name, sentence in wrong.items()]
        found.append(None if wrong else advice)
    return found, faults


def read_advice(given: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Any] | None:
    """One advice; `wrong` gets a sentence for each field at fault."""
    for name in given.keys() - ADVICES.keys():
        wrong[str(name)[:50]] = "没有这个字段"
    found: dict[str, Any] = {name: _text(given.get(name), name, most, wrong) for name, most in advice_limits().items()}
    for name, sentence in REQUIRED.items():
        if not found[name]:
            wrong.setdefault(name, sentence)
    if WIDE.search(found["number"]):
        wrong.setdefault("number", "不能有空格和全角字符")
    elif found["number"] == NO_ADVICE:
        wrong.setdefault("number", "999 是“无法关联医嘱”的约定号码，不能用作医嘱流水号")
    found["started_on"] = _day(given.get("started_on"), "started_on", wrong)
    if found["started_on"] is None:
        wrong.setdefault("started_on", "必填")
    found["ended_on"] = _day(given.get("ended_on"), "ended_on", wrong)
    if found["started_on"] and found["ended_on"] and found["ended_on"] < found["started_on"]:
        wrong.setdefault("ended_on", f"{found['ended_on']} 早于开始日期 {found['started_on']}")
    kind = given.get("kind") or ""
    if kind and (type(kind) is not str or kind not in code_list("injury.alk022")):
        wrong["kind"] = "应为 1 长期医嘱或 2 临时医嘱"
    found["kind"] = kind
    return None if wrong else found


def _text(value: Any, name: str, most: int, wrong: dict[str, str]) -> str:
    if value is None:
        return ""
    if type(value) is not str:
        wrong[name] = "应为文本"
        return ""
    # A text of several lines is one advice; the interface wants it in one.
    text = " ".join(value.split()) if name in ("text", "usage", "caution") else value.strip(" \u3000")
    if ODD.search(text):
        wrong[name] = "含有不可见或无法识别的字符"
    elif len(text) > most:
        wrong[name] = f"最多 {most} 个字符" + ("（81030）" if name == "text" else "")
    return text


def _day(value: Any, name: str, wrong: dict[str, str]) -> date | None:
    if value is None or value == "":
        return None
    on = value if type(value) is date else a_day(value) if isinstance(value, str) else None
    if on is None:
        wrong[name] = "应为日期，如 2025-06-01（81029）"
    return on
