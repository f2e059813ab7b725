"""The gate (I7): nothing about a visit begins while something about it is under way or in doubt."""

from __future__ import annotations

from dataclasses import dataclass

from settlement.models import Visit

#: For the desk, while the patient stands there.
NO_CASH = (
    "医保中心可能已经办理。请先不要收现金、不要打印单据，也不要重新办理；系统会在静默期后自动向医保中心核实，"
    "一般几分钟内有结果，请病人稍候。"
)


@dataclass(frozen=True)
class Standing:
    """Whether something may begin, and what the desk tells the patient meanwhile."""

    obstacle: str
    doubtful: bool = False
    desk: str = ""


def standing(visit: Visit) -> Standing:
    """Where the visit stands; ask it under the visit's lock before anything begins."""
    operation = visit.operation
    if operation is None or not operation.is_live:
        return Standing("")
    if operation.is_doubtful:
        return Standing(f"“{operation.title}”结果待确认，有结果后再办理", doubtful=True, desk=NO_CASH)
    return Standing(
        f"“{operation.title}”正在办理（{operation.sentence}），有结果后再办理", desk="正在办理，请病人稍候。"
    )
