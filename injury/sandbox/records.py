"""Whether the medical records of a discharge are whole: notes and front page of whoever lay in hospital (4.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from injury.messages import Discharge, DischargeCrossProvince

Node = DischargeCrossProvince | Discharge


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its node, what it is called, whether it has to be there, which items it needs, and the code
    that says it could not be saved for another province (350018 to 350025)."""

    node: str
    label: str
    must: bool
    needs: tuple[str, ...]
    code: str


KINDS = (
    Kind("km02", "入院记录", True, ("aac004", "aac006", "blz060", "blz061", "blz066", "blz068"), "350018"),
    Kind("km03", "出院记录", True, ("blc074", "blc075", "blz070", "blz071", "blz072", "blz073"), "350019"),
    Kind("km05", "病案首页", True, ("aac002", "aac003", "aac004", "akc192", "akc194"), "350021"),
    Kind("km04", "手术记录", False, ("opr030", "opr031", "opr033", "opr040"), "350020"),
    Kind("km06", "B超报告单", False, ("kcb001", "kcb003", "kcb004", "kcb005"), "350022"),
    Kind("km07", "X光报告单", False, ("kcx001", "kcx003", "kcx004", "kcx005"), "350023"),
    Kind("km08", "CT报告单", False, ("kcc001", "kcc003", "kcc004", "kcc005"), "350024"),
    Kind("km09", "核磁报告单", False, ("kch001", "kch003", "kch004", "kch005"), "350025"),
)


def incomplete(request: Node) -> tuple[Kind, str] | None:
    """The first kind of record that is missing or not whole, with what is missing; None when all is there."""
    for kind in KINDS:
        rows = _rows(request, kind.node)
        if kind.must and not rows:
            return kind, f"没有{kind.label}"
        for row in rows:
            if missing := [name for name in kind.needs if not getattr(row, name)]:
                return kind, f"{kind.label}缺少 {'、'.join(missing)}"
    return None


def _rows(request: Node, node: str) -> Sequence[Any]:
    name = f"bs{node}" if isinstance(request, DischargeCrossProvince) else node
    group = getattr(request, f"{name}s")
    return getattr(group, name) if group else ()
