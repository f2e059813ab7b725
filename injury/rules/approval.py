"""Which approved treatment, or which filing, an admission may be made with (interface 4.4, 4.8, 4.21, 4.22)."""

from __future__ import annotations

from datetime import date

APPROVED = "1"
WAITING = {
    "0": "还没有审核",
    "2": "审核没有通过",
    "5": "单位已审批，工伤中心还没有审核",
}


def day(text: str) -> date | None:
    """A day as the centre writes it, `yyyy-mm-dd` or `yyyymmdd`, with or without a time; None for anything else."""
    for size in (10, 8):
        try:
            return date.fromisoformat(text[:size])
        except ValueError:
            continue
    return None


def not_covering(what: str, first: date | None, last: date | None, on: date) -> str:
    """Why these days do not cover that day, in a sentence; empty when they do. A missing end is open."""
    if first and on < first:
        return f"{what}从 {first} 起有效，{on} 还没有开始"
    if last and on > last:
        return f"{what}有效期到 {last}，{on} 已经失效"
    return ""


def treatment_fault(state: str, first: date | None, last: date | None, on: date) -> str:
    """Why nobody can be admitted on that day with this application for continued treatment; empty when it works."""
    if state != APPROVED:
        return f"{WAITING.get(state, '审批状态不明')}，审核通过（akc175=1）后才能办理入院"
    return not_covering("继续治疗申请", first, last, on)


def filing_fault(valid: str, audited: str, first: date | None, last: date | None, on: date) -> str:
    """Why nobody can be admitted on that day with this filing for treatment elsewhere; empty when it works."""
    if valid == "0":
        return "备案状态为无效"
    if audited and audited != APPROVED:
        return "备案还没有审核通过"
    return not_covering("备案", first, last, on)
