"""Taking sent charges back (2302): single lines, or with 0000 everything that is not settled."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.db.transaction import atomic

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    look_soon,
    outcome,
)
from portal.gateway.journal.handlers import request_of
from portal.gateway.journal.states import State
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import FEES_REMOVED
from settlement.models import FeeLine, LineState, Visit
from settlement.rules.inpatient import MOST_LINES, left_without, why_not_remove
from settlement.services.inpatient.admission import NOBODY
from settlement.services.inpatient.automatic import begun_by
from settlement.services.inpatient.centre import lines_there
from settlement.services.inpatient.fees import refundings
from settlement.services.inpatient.reading import read_soon
from settlement.services.inpatient.scenes import refuse
from settlement.services.inpatient.sending import named
from settlement.services.refusals import Refused
from settlement.services.settling.messages import request_for
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked, move, moved_by, needs_second, opened

#: feedetl_sn that means all lines that are not settled.
ALL = "0000"


@atomic
def remove_lines(visit: Visit, chosen: Collection[str], *, by: Member) -> Operation:
    """Take these sent lines back, by their keys; a charge goes only together with its refunds."""
    visit = locked(visit)
    refuse(why_not_remove, visit)
    rows = FeeLine.objects.filter(visit=visit, pk__in=chosen, state=LineState.SENT)
    if not rows.exists():
        raise Refused("没有选择已上传而未结算的明细")
    known = refundings(visit)
    numbers = set(rows.values_list("number", flat=True))
    if len(numbers) > MOST_LINES:
        raise Refused(f"一次最多撤销 {MOST_LINES:,} 条，全部撤销请用“撤销全部”")
    gone_out = set(FeeLine.objects.filter(visit=visit, state__in=LineState.gone_out()).values_list("number", flat=True))
    rest = [one for number, one in known.items() if number in gone_out - numbers]
    if held := left_without([known[number] for number in numbers], rest):
        raise Refused(f"明细 {named(held)} 已有退费，请同时选择它们的退费明细")
    return _remove(visit, rows, sorted(numbers), by)


@atomic
def remove_all(visit: Visit, *, by: Member) -> Operation:
    """Take back every line that is not settled, also what the centre has beyond what we know."""
    visit = locked(visit)
    refuse(why_not_remove, visit)
    return _remove(visit, FeeLine.objects.filter(visit=visit, state=LineState.SENT), [ALL], by)


@atomic
def clear_upload(visit: Visit, *, by: Member) -> Operation:
    """Take everything back when nothing proves how an upload ended; with four eyes a second person agrees.

    Only after the quiet period. When nothing is left at the centre, the doubtful upload ends by itself.
    """
    visit = locked(visit)
    if reason := why_not_clear(visit):
        raise Refused(reason)
    rows = FeeLine.objects.filter(visit=visit, state__in=[LineState.SENT, LineState.SENDING])
    return _remove(visit, rows, [ALL], by, doubtful=True)


def why_not_clear(visit: Visit) -> str:
    """Why a doubtful upload cannot be taken back now; empty when it can."""
    doubt = visit.operation
    if doubt is None or doubt.kind != "2301" or not doubt.is_live:
        return "没有结果待确认的费用上传"
    return "" if doubt.state in (State.RESOLVING, State.MANUAL) else "静默期未满或已有结果，现在不能撤销"


def _remove(
    visit: Visit, rows: QuerySet[FeeLine], numbers: list[str], by: Member, *, doubtful: bool = False
) -> Operation:
    lines = list(rows.only("pk", "amount"))
    total = sum((one.amount for one in lines), Decimal(0))
    named_by = {"mdtrt_id": visit.mdtrt_id, "psn_no": visit.person_no.reveal()}
    what = "全部未结算的" if numbers == [ALL] else ""
    operation = opened(
        request_for("2302", {"data": [{"feedetl_sn": number, **named_by} for number in numbers]}, visit),
        key=visit.number,
        by=by,
        title=f"撤销住院费用明细：{visit.number}，{what} {len(lines)} 条，{total:,.2f} 元",
        needs_second=doubtful and needs_second(by),
        expected={"lines": str(len(lines)), "total": f"{total:.2f}"},
        subject=visit,
    )
    FeeLine.objects.filter(pk__in=[one.pk for one in lines]).update(state=LineState.REMOVING)
    expire_previews(visit, None, "费用明细正在撤销")
    move(visit, visit.state, operation)
    return operation


@outcome(transaction("2302"))
class Removing(Handler):
    """The lines are gone at the centre, or they stand."""

    labels = {"lines": "明细（条）", "total": "金额（元）"}
    consequence = "发送后医保中心删除这些未结算的费用明细"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        rows = removing(visit)
        for upload in doubtful_uploads(rows):
            look_soon(upload)
        count = rows.update(state=LineState.REMOVED)
        record(FEES_REMOVED, visit, by=None, number=visit.number, count=count)
        asked = int((operation.expected or {}).get("lines", count))
        note = "" if count == asked else "只撤销了其中一部分明细，其余仍为已上传，可以重新撤销"
        move(visit, visit.state, None, note=note)
        read_soon(visit, begun_by(operation))  # the reply names no line: 5204 shows what is left

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        note, rows = f"费用明细没有撤销：{operation.message}", removing(visit)
        doubts = doubtful_uploads(rows)
        rows.filter(sent_by__in=[one.pk for one in doubts]).update(state=LineState.SENDING)
        removing(visit).update(state=LineState.SENT)
        move(visit, visit.state, doubts[0] if doubts else None, note=note)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5204 lists what is left. None of them: it happened. Some: those stand, the others are gone."""
        with tenant_tx(operation.institution_pk):
            visit = Visit.objects.filter(operation=operation).first()
            numbers = set(removing(visit).values_list("number", flat=True)) if visit else set()
        if visit is None:
            return StillUnknown(NOBODY, for_people=True)
        there = {one.number for one in lines_there(visit, ask) if not one.setl_id}
        asks_all = [one.feedetl_sn for one in request_of(operation).data] == [ALL]  # type: ignore[attr-defined]
        left = sorted(there if asks_all else there & numbers)
        if not left:
            return Applied(None, f"医保中心（5204）已没有这 {len(numbers)} 条明细")
        if asks_all or len(left) == len(numbers):
            return NotApplied(f"医保中心（5204）还有 {len(left)} 条明细：{named(left)}")
        with tenant_tx(operation.institution_pk):
            _part(operation, set(left))
        gone = len(numbers) - len(left)
        return Applied(
            None, f"医保中心（5204）已撤销 {gone} 条，还有 {len(left)} 条（{named(left)}）仍在，可以重新撤销"
        )


def _part(operation: Operation, left: Collection[str]) -> None:
    """Lines that 5204 still shows are sent as before; the others are gone."""
    visit = moved_by(operation)
    if visit is not None:
        removing(visit).filter(number__in=left).update(state=LineState.SENT)


def removing(visit: Visit) -> QuerySet[FeeLine]:
    return FeeLine.objects.filter(visit=visit, state=LineState.REMOVING)


def doubtful_uploads(rows: Any) -> list[Operation]:
    """Uploads (2301) that carried these lines and are not over."""
    carried = set(rows.exclude(sent_by=None).values_list("sent_by", flat=True))
    found = Operation.objects.filter(pk__in=carried).defer("request", "reply")
    return [one for one in found if one.is_live]
