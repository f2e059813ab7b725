"""How wide each field of a fee item may be: read off the declarations of 4.10 and 4.24, never written twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from injury.messages.cross_province import CrossProvinceFeeLine
from injury.messages.fees import Advice, FeeLine

#: Our names of the fields, and what people call them.
LABELS = {
    "line_id": "费用流水号",
    "prescription": "处方号",
    "prescribed_on": "处方日期",
    "days": "处方执行天数",
    "own_code": "医院内码",
    "own_name": "项目名称",
    "common_name": "通用名",
    "kind": "种类",
    "price": "单价",
    "quantity": "数量",
    "amount": "金额",
    "own_category": "收费类别",
    "own_grade": "收费项目等级",
    "dosage_form": "剂型",
    "specification": "规格",
    "maker": "厂家",
    "advice_no": "医嘱流水号",
    "trace_codes": "药品追溯码",
    "is_unrelated": "非工伤治疗标识",
    "is_rescue": "特殊伤情抢救标识",
    "remark": "备注",
    "explanation": "继续上传的情况说明",
    "refunds": "冲减的费用流水号",
}
#: Of advices: our names, what people call them, and the declaration's (4.10).
ADVICES = {
    "number": ("医嘱流水号", "aae080"),
    "started_on": ("开始日期", "alk007"),
    "ended_on": ("结束日期", "alk008"),
    "text": ("医嘱信息", "alk009"),
    "nursing": ("护理级别", "alk011"),
    "posture": ("体位", "alk012"),
    "dose": ("药物剂量", "alk013"),
    "usage": ("药物用法", "alk014"),
    "caution": ("注意事项", "alk015"),
    "doctor": ("医师签名", "alk016"),
    "nurse": ("护士签名", "alk017"),
    "executor": ("执行者签名", "alk020"),
    "kind": ("医嘱类型", "alk022"),
    "department": ("住院科室", "alk023"),
    "bed": ("床位号", "alk024"),
}
ADVICE_LABELS = {name: label for name, (label, _) in ADVICES.items()}
#: Where 4.10 says how wide a field is; 4.24 has four names of its own.
LOCAL = {
    "prescription": "alc400",
    "own_code": "akc515",
    "own_name": "alc403",
    "common_name": "akc231",
    "own_category": "aka063",
    "dosage_form": "aka070",
    "specification": "zka100",
    "maker": "akc230",
    "remark": "bzmsg",
    "price": "alc405",
    "quantity": "alc406",
    "amount": "alc407",
}
CROSS = LOCAL | {"own_name": "ala020", "price": "akc225", "quantity": "akc226"}
#: Characters of what the declarations give no width for: our own columns.
OWN_WIDTHS = {"line_id": 50, "refunds": 50, "explanation": 200}
NUMBERS = ("price", "quantity", "amount")


@dataclass(frozen=True, slots=True)
class Limits:
    """Characters of each text, and (digits, places) of each number."""

    texts: Mapping[str, int]
    numbers: Mapping[str, tuple[int, int]]


@cache
def limits(*, elsewhere: bool) -> Limits:
    """Of 4.24 for workers of another province, otherwise of 4.10."""
    record, names = (CrossProvinceFeeLine, CROSS) if elsewhere else (FeeLine, LOCAL)
    texts = {name: width(record, wire) for name, wire in names.items() if name not in NUMBERS}
    texts |= OWN_WIDTHS | {"advice_no": width(Advice, "aae080")}
    return Limits(texts, {name: precision(record, names[name]) for name in NUMBERS})


@cache
def advice_limits() -> Mapping[str, int]:
    """Characters of each text of an advice; our own columns where 4.10 gives no width."""
    own = {"department": 60, "bed": 30}
    texts = {name: wire for name, (_, wire) in ADVICES.items() if name not in ("started_on", "ended_on", "kind", *own)}
    return own | {name: width(Advice, wire) for name, wire in texts.items()}


def width(record: type[BaseModel], wire: str) -> int:
    """Characters that the declaration allows."""
    return int(_declared(record, wire, "max_length"))


def precision(record: type[BaseModel], wire: str) -> tuple[int, int]:
    """Digits altogether and behind the point."""
    return int(_declared(record, wire, "max_digits")), int(_declared(record, wire, "decimal_places"))


def _declared(record: type[BaseModel], wire: str, what: str) -> Any:
    for one in record.model_fields[wire].metadata:
        found = getattr(one, what, None)
        if found is not None:
            return found
    raise LookupError(f"{record.__name__}.{wire} declares no {what}")
