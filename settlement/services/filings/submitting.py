"""Filing something for a person, and taking it back: each an operation of the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.transaction import atomic

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal import Operation
from portal.gateway.national import current_edition
from settlement.actions import FILED, UNFILE_ASKED
from settlement.models import Filing, FilingKind, FilingState, Identification
from settlement.services.filings.kinds import KINDS, message, number_of
from settlement.services.refusals import Refused
from settlement.services.steps import needs_second, opened

MOVES = (FilingState.SENDING, FilingState.WITHDRAWING)
OPEN = (FilingState.SUBMITTED, FilingState.CONFIRMED)


@atomic
def file(kind: str, values: Mapping[str, Any], found: Identification, *, by: Member) -> Filing:
    """Send a filing for an identified person; `values` by wire name, psn_no left out.

    Raises Refused with every item at fault, while the same is being sent, and when the person has it filed already.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    if kind not in KINDS or not (number := number_of(kind, edition)):
        raise Refused("当前接口版本没有这类备案的字段表，请先导入省级接口版本", field="kind")
    if not found.is_known or found.person_no is None:
        raise Refused("请先识别参保人", field="person")
    how = KINDS[kind]
    said = {name: value for name, value in values.items() if value not in (None, "")}
    node = {**said, "psn_no": found.person_no.reveal()}
    request = message(number, {how.node: node}, environment, found.insured_at)
    stored = json.loads(json.dumps(said, default=str, ensure_ascii=False))
    filing = Filing(
        environment=environment,
        kind=kind,
        transaction=type(request).code,
        identification=found.pk,
        person_no=found.person_no.reveal(),
        name_masked=found.name_masked,
        document_masked=found.document_masked,
        insured_at=found.insured_at,
        content=stored,
        code=str(said.get(how.code, ""))[:50],
        name=str(said.get(how.name, ""))[:300],
        begins=_day(said.get("begndate") or said.get("refl_date")),
        ends=_day(said.get("enddate")),
        created_by=by.user,
        created_as=by.label[:100],
    )
    _refuse_twice(filing)
    try:
        with atomic():
            filing.save(force_insert=True)
    except IntegrityError:
        moving = Filing.objects.filter(kind=kind, code=filing.code, identification=found.pk, state__in=MOVES)
        refusal = Refused("同一人的同样备案正在办理，有结果后再申报")
        raise refusal.behind(moving.values_list("operation_id", flat=True).first()) from None
    filing.operation = opened(
        request,
        key=str(filing.pk),
        by=by,
        title=f"{FilingKind(kind).label}：{filing.name_masked}，{filing.name or filing.code}"[:200],
        subject=filing,
    )
    filing.save(update_fields=["operation"])
    record(FILED, filing, by=by, what=FilingKind(kind).label, about=filing.name or filing.code)
    return filing


def _refuse_twice(filing: Filing) -> None:
    same = Filing.objects.filter(
        environment=filing.environment, kind=filing.kind, code=filing.code, identification=filing.identification
    )
    if (known := same.filter(state__in=OPEN, begins=filing.begins).first()) is not None:
        raise Refused("这个人已有同样的备案，撤销后才能重新申报").behind(known.operation_id)


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


@atomic
def withdraw(filing: Filing, *, by: Member, memo: str) -> Operation:
    """Take a filing back; with four eyes a reviewer lets it go. The running operation while it runs."""
    filing = locked(filing)
    if filing.state == FilingState.WITHDRAWING and filing.operation:
        return filing.operation
    if reason := why_not_withdraw(filing):
        raise Refused(reason)
    if not memo.strip():
        raise Refused("请填写撤销原因", field="memo")
    person_no = filing.person_no.reveal()
    data = {"psn_no": person_no, "trt_dcla_detl_sn": filing.number, "memo": memo.strip()[:500]}
    operation = opened(
        message(KINDS[filing.kind].undo, {"data": data}, filing.environment, filing.insured_at),
        key=str(filing.pk),
        by=by,
        title=f"撤销{filing.get_kind_display()}：{filing.name_masked}，{filing.name or filing.code}"[:200],
        needs_second=needs_second(by),
        expected={"reason": memo.strip()[:200]},
        subject=filing,
    )
    became(filing, FilingState.WITHDRAWING, operation)
    record(UNFILE_ASKED, filing, by=by, what=filing.get_kind_display(), reason=memo.strip()[:200])
    return operation


def why_not_withdraw(filing: Filing) -> str:
    """Why it cannot be taken back now; empty when it can."""
    if filing.is_moving:
        return f"备案{filing.shown_state}，有结果后再办理"
    if filing.state not in OPEN:
        return f"备案{filing.get_state_display()}，不能撤销"
    return "" if filing.number else "没有读到待遇申报明细流水号，请在医保中心撤销"


def locked(filing: Filing) -> Filing:
    """The filing as it is now, locked until the transaction ends."""
    found = Filing.objects.select_for_update().get(pk=filing.pk)
    if found.operation_id:
        found.operation = Operation.objects.defer("request", "reply").get(pk=found.operation_id)
    return found


def became(filing: Filing, state: str, operation: Operation | None, *, note: str = "", **changes: Any) -> None:
    """Write its new state, the operation under way (None: none any more) and why."""
    filing.state, filing.operation, filing.note = state, operation, note[:400]
    for name, value in changes.items():
        setattr(filing, name, value)
    filing.save(update_fields=["state", "operation", "note", *changes])
