"""Reading what the centre has of a stay's charges (5204) and laying it beside ours, whenever somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Ask
from portal.jobs import Job, StandStill, start
from settlement.models import FeeLine, LineState, Visit
from settlement.rules.amounts import ZERO
from settlement.rules.stay_sums import Beside, Charged, beside
from settlement.services.inpatient.centre import LineThere, lines_there
from settlement.services.inpatient.scenes import READING, details_of
from settlement.services.refusals import Refused
from settlement.services.settling.messages import day
from settlement.services.steps import locked

READ = "settlement.stay.read"
#: Line numbers that a stay keeps of each sort of difference.
KEPT = 200


def start_reading(visit: Visit, *, by: Member) -> Job:
    """Have the centre's lines read; the stay's page shows them beside ours."""
    if not visit.mdtrt_id:
        raise Refused("还没有办理入院，医保中心没有费用明细")
    title = f"核对住院费用 {visit.number}"
    return start(READ, str(visit.pk), by=by, title=title, params={"visit": str(visit.pk)})


def read_soon(visit: Visit, by: Member) -> None:
    """The same when something has changed there; while the environment is about to change, not."""
    with suppress(StandStill, Refused):
        start_reading(visit, by=by)


def read_lines(visit_id: UUID, *, ask: Callable[[str], Ask], door: Any) -> str:
    """Ask and keep; called by the job, outside any transaction. Its closing note."""
    with door():
        visit = Visit.objects.get(pk=visit_id)
    try:
        there = lines_there(visit, ask(visit.environment))
    except GatewayError as error:
        return f"没有取得中心明细：{error.sentence}"
    with door():
        visit = locked(visit)
        if visit.is_moving:
            return "核对期间有业务正在办理，请稍后再核对"
        found = beside(ours(visit), [_theirs(one) for one in there])
        details = details_of(visit)
        details[READING] = stored(found)
        visit.details = details
        visit.save(update_fields=["details"])
        _learn(visit, there)
    if found.agrees:
        return f"与医保中心一致：{found.whole.centre_lines} 条，{found.whole.centre:.2f} 元"
    counts = f"中心缺少 {len(found.missing)} 条，多出 {len(found.extra)} 条，金额不同 {len(found.differing)} 条"
    return f"与医保中心不一致：{counts}"


def ours(visit: Visit) -> list[Charged]:
    """Our lines that are not taken back, with whether the centre should have them."""
    rows = FeeLine.objects.filter(visit=visit).exclude(state=LineState.REMOVED)
    there = (LineState.SENT, LineState.SETTLED)
    return [
        Charged(number, amount, category, day(at), state in there)
        for number, amount, category, at, state in rows.values_list(
            "number", "amount", "category", "occurred_at", "state"
        )
    ]


def _theirs(one: LineThere) -> Charged:
    return Charged(one.number, one.amount or ZERO, one.category, one.day)


def stored(found: Beside) -> dict[str, Any]:
    """What a stay keeps of it; sums as text."""
    sums = {
        name: [
            [
                *(row.key, row.lines, f"{row.amount:.2f}", row.sent_lines, f"{row.sent:.2f}"),
                *(row.centre_lines, f"{row.centre:.2f}", f"{row.difference:.2f}"),
            ]
            for row in rows
        ]
        for name, rows in (
            ("categories", found.by_category),
            ("days", found.by_day),
            ("whole", (found.whole,)),
        )
    }
    return {
        **sums,
        "missing": list(found.missing[:KEPT]),
        "extra": list(found.extra[:KEPT]),
        "differing": list(found.differing[:KEPT]),
        "read_at": timezone.now().isoformat(),
    }


def _learn(visit: Visit, there: list[LineThere]) -> None:
    """The kind of charge, where nobody here has said it."""
    told = {one.number: one.category for one in there if one.category}
    unknown = list(FeeLine.objects.filter(visit=visit, category="", number__in=told).only("pk", "number"))
    for line in unknown:
        line.category = told[line.number][:6]
    FeeLine.objects.bulk_update(unknown, ["category"], batch_size=500)
