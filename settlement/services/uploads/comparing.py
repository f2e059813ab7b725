"""What the centre tells of our departments and matchings, and how it differs from what is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.gateway.messages import Record

#: What tells one department's description from another; times and free texts are written in several ways.
COMPARED = {
    "hosp_dept_name": "科室名称",
    "caty": "科别",
    "dept_resper_name": "负责人",
    "aprv_bed_cnt": "批准床位",
    "dr_psncnt": "医师人数",
    "phar_psncnt": "药师人数",
    "nurs_psncnt": "护士人数",
    "tecn_psncnt": "技师人数",
    "poolarea_no": "统筹区",
}


def told_rows(reply: Record | Mapping[str, Any], node: str) -> list[dict[str, Any]]:
    """The rows of a node as they were told, without what is empty."""
    told = reply if isinstance(reply, Mapping) else reply.model_dump(mode="json", by_alias=True)
    rows = told.get(node) or []
    return [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]


def departments_of(reply: Record | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """5101: departments by their code."""
    return {str(row.get("hosp_dept_codg", "")): row for row in told_rows(reply, "feedetail")}


def matches_of(reply: Record | Mapping[str, Any]) -> list[dict[str, Any]]:
    """1317: matchings."""
    return told_rows(reply, "data")


def differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(label, ours, theirs) of every compared item of a department that is not the same."""
    found = []
    for name, label in COMPARED.items():
        mine, told = _plain(ours.get(name)), _plain(theirs.get(name))
        if name in theirs and mine != told:
            found.append((label, mine, told))
    return found


def _plain(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def missing(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Codes that only we have, codes that only the centre has."""
    return sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
