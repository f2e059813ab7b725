"""Sending charges (2301): a hundred lines a message, one message after the other, only what the centre has not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Applied, Ask, Handler, Moot, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.jobs import Job, StandStill, start
from settlement.actions import FEES_ASKED, FEES_SENT
from settlement.models import FeeLine, LineState, Visit, VisitState
from settlement.rules.inpatient import BATCH, why_not_upload
from settlement.services.control import carry_out, is_demanded, kept_how
from settlement.services.inpatient.admission import NOBODY
from settlement.services.inpatient.automatic import begun_by
from settlement.services.inpatient.centre import LineThere, lines_there
from settlement.services.inpatient.fees import waiting
from settlement.services.inpatient.reading import read_soon
from settlement.services.inpatient.scenes import refuse
from settlement.services.refusals import Refused
from settlement.services.settling.answers import cuts_of, plain, rows_of, text
from settlement.services.settling.arrival import keep_line_cuts
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked, move, moved_by, opened

UPLOAD = "settlement.stay.upload"
#: Numbers named in a sentence.
NAMED = 5


def start_upload(visit: Visit, *, by: Member) -> Job:
    """Have everything that waits sent, message by message; Refused with what stands in the way."""
    visit = locked(visit)
    refuse(why_not_upload, visit)
    record(FEES_ASKED, visit, by=by, number=visit.number, count=waiting(visit).count())
    return _start(visit, by)


def _start(visit: Visit, by: Member) -> Job:
    title, key = f"上传住院费用 {visit.number}", f"{visit.pk}/{visit.version}"
    return start(UPLOAD, key, by=by, title=title, params={"visit": str(visit.pk)})


def send_some(visit_id: UUID, *, by: Member, door: Any, label: str) -> str:
    """The next message; called by the job, outside any transaction. What follows begins when it has succeeded."""
    with door():
        visit = Visit.objects.get(pk=visit_id)
        asks = is_demanded("2301", visit.environment) and kept_how(visit.environment) == "desk"
    if asks:  # a stay needs a fresh check medium for every message
        _obtain(visit, door, label)
    try:
        with door():
            operation = send_batch(visit, by=by)
    except Refused as refusal:
        return refusal.sentence
    return operation.title


def _obtain(visit: Visit, door: Any, label: str) -> None:
    wanted = {"code": "2301", "kind": visit.kind, "about": visit.number, "environment": visit.environment}
    try:
        carry_out(wanted, door=door, label=label)
    except GatewayError:
        return  # then nothing is sent, and the sentence says which medium is missing


@atomic
def send_batch(visit: Visit, *, by: Member) -> Operation:
    """The next hundred lines that wait. Raises Refused when nothing may be sent."""
    visit = locked(visit)
    refuse(why_not_upload, visit)
    lines = list(waiting(visit)[:BATCH])
    total = sum((one.amount for one in lines), Decimal(0))
    operation = opened(
        request_for("2301", {"feedetail": [row_of(line, visit) for line in lines]}, visit),
        key=visit.number,
        by=by,
        title=f"上传住院费用明细：{visit.number}，{len(lines)} 条，{total:,.2f} 元",
        expected={"lines": str(len(lines)), "total": f"{total:.2f}"},
        subject=visit,
    )
    keys = [one.pk for one in lines]
    FeeLine.objects.filter(pk__in=keys).update(state=LineState.SENDING, sent_by=operation.pk)
    expire_previews(visit, None, "费用明细有变动")
    move(visit, visit.state, operation)
    return operation


def row_of(line: FeeLine, visit: Visit) -> dict[str, Any]:
    """One row of feedetail."""
    return {
        "feedetl_sn": line.number,
        "init_feedetl_sn": line.initial_number,
        "mdtrt_id": visit.mdtrt_id,
        "drord_no": line.prescription[:30],
        "psn_no": visit.person_no.reveal(),
        "med_type": visit.med_type,
        "fee_ocur_time": said(line.occurred_at),
        "med_list_codg": line.item_code,
        "medins_list_codg": line.own_code,
        "det_item_fee_sumamt": line.amount,
        "cnt": line.quantity,
        "pric": line.price,
        "bilg_dept_codg": line.department_code or visit.department_code,
        "bilg_dept_name": line.department_name or visit.department_name,
        "bilg_dr_codg": line.doctor_code or visit.doctor_code,
        "bilg_dr_name": line.doctor_name or visit.doctor_name,
        "acord_dept_codg": line.executing_department_code,
        "acord_dept_name": line.executing_department_name,
        "orders_dr_code": line.executing_doctor_code,
        "orders_dr_name": line.executing_doctor_name,
        "tcmdrug_used_way": line.tcm_use,
        "dscg_tkdrug_flag": "1" if line.take_home else "0",
        **line.more,
    }


@outcome(transaction("2301"))
class Charging(Handler):
    """The centre has these lines, some of them, or none; it says which, and only those count as sent."""

    labels = {"lines": "明细（条）", "total": "金额（元）"}
    consequence = "发送后医保中心保存这些费用明细，尚未结算"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        rows = rows_of(plain(reply).get("result"))
        keep_line_cuts(visit, cuts_of(rows))
        lines, now = FeeLine.objects.filter(visit=visit, sent_by=operation.pk), timezone.now()
        told = {text(row, "feedetl_sn") for row in rows}
        there = lines.filter(number__in=told) if told else lines
        _categories(lines, rows)
        count = there.update(state=LineState.SENT, sent_at=now)
        missing = sorted(lines.exclude(state=LineState.SENT).values_list("number", flat=True))
        lines.exclude(state=LineState.SENT).update(state=LineState.DRAFT, sent_by=None)
        record(FEES_SENT, visit, by=None, number=visit.number, count=count)
        note = "" if told else "医保中心已受理，但没有读到逐条结果，请核对中心明细"
        move(visit, visit.state, None, note=partial_told(count, missing) if missing else note)
        if missing or not told:
            return  # a person looks at it first
        if waiting(visit).exists():
            go_on(visit, operation)
        else:
            read_soon(visit, begun_by(operation))

    def rejected(self, operation: Operation) -> None:
        visit = moved_by(operation)
        if visit is None:
            return
        lines = FeeLine.objects.filter(visit=visit, sent_by=operation.pk, state=LineState.SENDING)
        lines.update(state=LineState.DRAFT, sent_by=None)
        move(visit, visit.state, None, note=f"费用明细没有上传：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5204 lists every line of the stay by its number."""
        with tenant_tx(operation.institution_pk):
            lines = list(FeeLine.objects.filter(sent_by=operation.pk).select_related("visit"))
        if not lines:
            return StillUnknown(NOBODY, for_people=True)
        if all(line.state == LineState.REMOVED for line in lines) or lines[0].visit.state == VisitState.UNDONE:
            return Moot("这些明细之后已全部撤销，这次上传是否生效已无影响")
        amounts = {line.number: line.amount for line in lines}
        return verdict(amounts, lines_there(lines[0].visit, ask))


def verdict(amounts: Mapping[str, Decimal], there: Sequence[LineThere]) -> Verdict:
    """All there: it happened. None: it did not. Some: it happened to those; the others wait to be sent again."""
    found = [one for one in there if one.number in amounts]
    equal = [one for one in found if one.amount == amounts[one.number]]
    if not found:
        return NotApplied(f"医保中心（5204）没有这 {len(amounts)} 条明细")
    if len(equal) < len(found):
        wrong = [one.number for one in found if one.amount != amounts[one.number]]
        return StillUnknown(f"医保中心（5204）有 {len(wrong)} 条同号而金额不同的明细：{named(wrong)}", for_people=True)
    rows = [{name: value for name, value in one.raw.items() if value not in (None, "")} for one in equal]
    reply: Record = transaction("2301").reply().model_validate({"result": rows})
    if len(equal) == len(amounts):
        return Applied(reply, f"医保中心（5204）有全部 {len(equal)} 条明细，金额一致")
    missing = sorted(amounts.keys() - {one.number for one in equal})
    return Applied(reply, f"医保中心（5204）{partial_told(len(equal), missing)}")


def partial_told(count: int, missing: Sequence[str]) -> str:
    return (
        f"只有其中 {count} 条明细，缺少 {len(missing)} 条（{named(missing)}）；"
        "缺少的已转为待上传，可以上传其余明细，或撤销已上传的"
    )


def named(numbers: Sequence[str]) -> str:
    return "、".join(numbers[:NAMED]) + (" 等" if len(numbers) > NAMED else "")


def _categories(lines: Any, rows: Collection[Any]) -> None:
    """What kind of charge the centre takes a line for, where nobody here has said so."""
    told = {text(row, "feedetl_sn"): text(row, "med_chrgitm_type")[:6] for row in rows}
    unknown = list(lines.filter(category="", number__in=told).only("pk", "number"))
    for line in unknown:
        line.category = told[line.number]
    FeeLine.objects.bulk_update(unknown, ["category"], batch_size=500)


def go_on(visit: Visit, operation: Operation) -> None:
    """The next message; while the environment is about to change nothing new begins, and the lines wait."""
    try:
        _start(visit, begun_by(operation))
    except StandStill:
        Visit.objects.filter(pk=visit.pk).update(note="运行环境即将切换，其余明细没有继续上传")
