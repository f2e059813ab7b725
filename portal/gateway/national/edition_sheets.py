"""An edition as an Excel file, for administrators who keep their tables there: read and written, the same both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.gateway.national.differences import TYPES
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.tables import whole_row
from portal.papers.xlsx import write_xlsx
from portal.papers.xlsx_reading import Limits, read_xlsx

LIMITS = Limits(file=4 * 1024 * 1024, rows=20_000, columns=20)
HEADS = (
    *("内容", "交易编号", "交易名称", "方向", "节点", "多行", "操作", "字段或代码", "名称", "类型", "长度", "必填"),
    *("代码表", "格式"),
)
SIDES = {"输入": "input", "输出": "output"}
KINDS = {"字段", "代码", "交易", "可冲正", "平账代码", "报文名称", "个人信息", "版本"}
FACTS = {"省份": "province", "版本": "version", "说明": "note"}
YES, NO = ("是", "Y", "y", "true", "True", "1"), ("否", "N", "n", "false", "False", "0")


@dataclass(frozen=True)
class SheetColumn:
    """A column of the file."""

    label: str
    kind: str = "text"
    characters: int = 14


def content_of_xlsx(content: bytes) -> dict[str, Any]:
    """The edition that the first sheet says. EditionFaults with every line that cannot be read, UnreadableFile."""
    lines = read_xlsx(content, LIMITS)
    head = next((n for n, line in enumerate(lines[:20]) if "内容" in line.values and "字段或代码" in line.values), None)
    if head is None:
        raise EditionFaults(["前 20 行中没有列名；请用“导出 Excel”得到的格式"])
    places = {str(name): n for n, name in enumerate(lines[head].values) if name in HEADS}
    faults: list[str] = []
    found: dict[str, Any] = {"kind": "national-edition"}
    for line in lines[head + 1 :]:
        row = {name: _text(line.values[n]) if n < len(line.values) else "" for name, n in places.items()}
        fault = _take(found, {name: row.get(name, "") for name in HEADS})
        if fault:
            faults.append(f"第 {line.number} 行：{fault}")
    if faults:
        raise EditionFaults(faults[:200])
    return found


def xlsx_of(content: Mapping[str, Any], title: str) -> bytes:
    """The edition as a file that can be brought again."""
    columns = [SheetColumn(name, characters=24 if name in ("名称", "交易名称") else 12) for name in HEADS]
    rows = ([row.get(name, "") for name in HEADS] for row in _rows(content))
    return write_xlsx(columns, rows, title=title, about=[("用法", "字段行写“修改”表示新增或修改，写“删除”表示去掉")])


def _take(found: dict[str, Any], row: Mapping[str, str]) -> str:
    """Lay one line into the edition; what is wrong with it."""
    kind, name = row["内容"], row["字段或代码"]
    if kind not in KINDS:
        return f"内容应为{'、'.join(sorted(KINDS))}之一"
    if not name and kind != "交易":
        return "请写字段或代码"
    if kind == "版本":
        if name not in FACTS:
            return "版本行的“字段或代码”应为省份、版本或说明"
        found[FACTS[name]] = row["名称"]
    elif kind in ("可冲正", "平账代码", "个人信息"):
        key = {"可冲正": "reversible", "平账代码": "balanced", "个人信息": "secret"}[kind]
        found.setdefault(key, []).append(name)
    elif kind == "报文名称":
        found.setdefault("wire_names", {})[name] = row["名称"]
    elif kind == "代码":
        return _take_code(found, row)
    else:
        return _take_field(found, row)
    return ""


def _take_code(found: dict[str, Any], row: Mapping[str, str]) -> str:
    if not row["代码表"]:
        return "请写代码表"
    said = found.setdefault("codes", {}).setdefault(row["代码表"], {})
    if row["交易名称"]:
        said["title"] = row["交易名称"]
    if row["操作"] == "删除":
        said.setdefault("remove", []).append(row["字段或代码"])
    else:
        said.setdefault("set", {})[row["字段或代码"]] = row["名称"]
    return ""


def _take_field(found: dict[str, Any], row: Mapping[str, str]) -> str:
    if not row["交易编号"]:
        return "请写交易编号"
    said = found.setdefault("transactions", {}).setdefault(row["交易编号"], {})
    if row["交易名称"]:
        said["name"] = row["交易名称"]
    if row["内容"] == "交易":
        if row["类型"]:
            said["safe"] = row["类型"] == "查询"
        return ""
    if row["方向"] not in SIDES or not row["节点"]:
        return "请写方向（输入或输出）和节点"
    node = said.setdefault(SIDES[row["方向"]], {}).setdefault(row["节点"], {})
    if row["多行"]:
        node["many"] = row["多行"] in YES
    if row["操作"] == "删除":
        node.setdefault("remove", []).append(row["字段或代码"])
        return ""
    types = {word: kind for kind, word in reversed(TYPES.items()) if word}
    if row["类型"] not in types:
        return f"类型应为{'、'.join(types)}之一"
    if row["必填"] not in (*YES, *NO, ""):
        return "必填应为是或否"
    required = None if not row["必填"] else row["必填"] in YES
    codes: bool | str = "" if not row["代码表"] else True if row["代码表"] in YES else row["代码表"]
    column = [row["字段或代码"], row["名称"], types[row["类型"]], row["长度"], required, codes or False, row["格式"]]
    node.setdefault("set", []).append(column)
    return ""


def _rows(content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for label, key in FACTS.items():
        if content.get(key):
            yield {"内容": "版本", "字段或代码": label, "名称": str(content[key])}
    for kind, key in (("可冲正", "reversible"), ("平账代码", "balanced"), ("个人信息", "secret")):
        yield from ({"内容": kind, "字段或代码": one} for one in content.get(key, ()))
    for name, wire in content.get("wire_names", {}).items():
        yield {"内容": "报文名称", "字段或代码": name, "名称": wire}
    for number, said in content.get("transactions", {}).items():
        more = {"交易名称": said.get("name", "")}
        if "safe" in said:
            yield {"内容": "交易", "交易编号": number, **more, "类型": "查询" if said["safe"] else "办理"}
        for side, key in SIDES.items():
            for node, change in said.get(key, {}).items():
                yield from _node_rows({"内容": "字段", "交易编号": number, **more, "方向": side, "节点": node}, change)
    for name, said in content.get("codes", {}).items():
        more = {"内容": "代码", "交易名称": said.get("title", ""), "代码表": name}
        yield from (
            {**more, "操作": "修改", "字段或代码": code, "名称": label} for code, label in said.get("set", {}).items()
        )
        yield from ({**more, "操作": "删除", "字段或代码": code} for code in said.get("remove", ()))


def _node_rows(place: dict[str, str], change: Mapping[str, Any] | None) -> Iterator[dict[str, str]]:
    many = (change or {}).get("many")
    place = {**place, "多行": "" if many is None else "是" if many else "否"}
    for row in (change or {}).get("set", ()):
        wire, title, kind, size, required, codes, form = whole_row(row)
        yield {
            **place,
            "操作": "修改",
            "字段或代码": wire,
            "名称": title,
            "类型": TYPES.get(kind, kind) or TYPES["text"],
            "长度": size,
            "必填": {True: "是", False: "否", None: ""}[required],
            "代码表": codes if isinstance(codes, str) else "是" if codes else "",
            "格式": form,
        }
    yield from ({**place, "操作": "删除", "字段或代码": wire} for wire in (change or {}).get("remove", ()))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
