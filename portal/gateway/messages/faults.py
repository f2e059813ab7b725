"""What is wrong with a message, all of it at once, in sentences a clerk can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

#: One sentence per pydantic error type; `portal.*` errors bring their own. Placeholders are limits from the
#: declaration, never the value: it may be an identity number.
SENTENCES = {
    "missing": "必填",
    "none_required": "应为空",
    "extra_forbidden": "接口中没有这个字段",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符合接口规定",
    "string_unicode": "含有无法识别的字符",
    "string_not_ascii": "只能用半角字符",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "multiple_of": "应为 {multiple_of} 的整数倍",
    "finite_number": "应为有限的数值",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字太大",
    "int_from_float": "应为整数，不能带小数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "小数点前最多 {whole_digits} 位",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "date_type": "应为日期（年-月-日）",
    "date_parsing": "应为日期（年-月-日）",
    "date_from_datetime_parsing": "应为日期（年-月-日）",
    "date_from_datetime_inexact": "应为日期，不能带时间",
    "date_past": "应早于今天",
    "date_future": "应晚于今天",
    "time_type": "应为时间（时:分:秒）",
    "time_parsing": "应为时间（时:分:秒）",
    "datetime_type": "应为日期和时间",
    "datetime_parsing": "应为日期和时间",
    "datetime_object_invalid": "应为日期和时间",
    "datetime_from_date_parsing": "应为日期和时间",
    "datetime_past": "应早于现在",
    "datetime_future": "应晚于现在",
    "timezone_naive": "不能带时区",
    "timezone_aware": "应带时区",
    "timezone_offset": "时区不对",
    "enum": "取值不在规定范围内",
    "literal_error": "取值不在规定范围内",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "iterable_type": "应为列表",
    "dict_type": "应为一组字段",
    "model_type": "应为一组字段",
    "model_attributes_type": "应为一组字段",
    "mapping_type": "应为一组字段",
    "invalid_key": "字段名应为文本",
    "bytes_type": "应为字节内容",
    "bytes_too_short": "至少 {min_length} 字节",
    "bytes_too_long": "最多 {max_length} 字节",
    "bytes_invalid_encoding": "内容编码不对",
    "uuid_type": "应为编号（UUID）",
    "uuid_parsing": "应为编号（UUID）",
    "uuid_version": "应为第 {expected_version} 版编号（UUID）",
    "json_type": "应为 JSON 文本",
    "json_invalid": "不是合法的 JSON",
    "url_type": "应为网址",
    "url_parsing": "应为网址",
    "url_syntax_violation": "应为网址",
    "url_too_long": "网址最多 {max_length} 个字符",
    "url_scheme": "网址开头不对",
    "union_tag_invalid": "类别不在规定范围内",
    "union_tag_not_found": "缺少类别",
    "frozen_field": "不能再修改",
    "frozen_instance": "不能再修改",
    "recursion_loop": "内容互相引用",
    "recursion_depth_exceeded": "层次太深",
    "value_error": "取值不符合规定",
    "assertion_error": "取值不符合规定",
}

#: For types that no declaration can produce (dataclasses, sets, callables …), checked by a test.
OTHERWISE = "格式不对"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `path` uses wire names and positions from 0; `label` is the item's Chinese label."""

    path: tuple[str | int, ...]
    label: str
    sentence: str

    @property
    def where(self) -> str:
        """The path as text: `rows[2].qsjg00`."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    def __str__(self) -> str:
        rows = "".join(f"第 {step + 1} 项" for step in self.path if isinstance(step, int))
        return f"{rows}{self.label}（{self.where}）：{self.sentence}" if self.path else self.sentence


def faults(error: ValidationError, record: type[BaseModel]) -> list[Fault]:
    """Every fault of `error`, which came from validating `record`; values are never repeated."""
    return [
        _fault(tuple(one["loc"]), one["type"], one["msg"], one.get("ctx", {}), record)
        for one in error.errors(include_input=False, include_url=False)
    ]


def _fault(
    loc: tuple[str | int, ...], kind: str, message: str, limits: dict[str, Any], record: type[BaseModel]
) -> Fault:
    path: list[str | int] = []
    label, where = "", record
    for step in loc:
        if isinstance(step, int):
            path.append(step)
            continue
        found = next(
            ((name, info) for name, info in where.model_fields.items() if step in (name, info.alias)),
            None,
        )
        if found:
            name, info = found
            path.append(info.alias or name)
            label = info.title or name
            where = _group(info.annotation) or where
        elif kind == "extra_forbidden":
            path.append(step)
            label = "多余字段"
        # any other step is pydantic's name for a branch of a union; it means nothing to a person
    sentence = message if kind.startswith("portal.") else SENTENCES.get(kind, OTHERWISE).format(**limits)
    return Fault(tuple(path), label or (record.model_config.get("title") or "报文"), sentence)


def _group(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _group(one))), None)
