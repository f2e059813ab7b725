"""What becomes of records when their message ends, and what proves it when nobody answered."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.journal import Applied, Ask, Handler, Moot, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.journal.states import Outcome, State
from portal.gateway.national import transaction
from portal.gateway.national.columns import is_secret
from portal.gateway.national.tables import effect_of
from settlement.models import UploadRecord, UploadRun, UploadState
from settlement.rules.uploads import KINDS, SENT_BY, Kind, removed_numbers, remover_of, stock_type
from settlement.services.uploads.mending import judge_again
from settlement.services.uploads.proofs import PROOFS

REPLACES = "同一业务主键再次上传即替换原记录（不会多出一条），静默期后重新上传同一内容"
NO_QUERY = "这类交易没有可以核实的查询，请向医保中心核对后由两人认定"
NOBODY = "门户中没有这条报文的采集记录，须由人向医保中心核对"


@outcome(*(transaction(number) for number in SENT_BY))
class Uploaded(Handler):
    """A message carries one record, or rows of one list; the centre takes all of them or none."""

    consequence = "发送后医保中心保存这些采集信息"

    def applied(self, operation: Operation, reply: Any) -> None:
        rows = carried_by(operation)
        missing = [one for one in rows if one.proven is False]
        there = [one for one in rows if one.proven is not False]
        _back(missing, "中心没有收到这一条，重新上传")
        centre_no = str(getattr(getattr(reply, "data", None), "setl_list_id", "") or "")[:40]
        now = timezone.now()
        for one in there:
            one.state = UploadState.SENT if one.is_current else UploadState.SUPERSEDED
            one.sent_at, one.centre_no, one.note, one.code = now, centre_no, "", ""
        UploadRecord.objects.bulk_update(there, ["state", "sent_at", "centre_no", "note", "code"], batch_size=200)
        for one in there:
            _follow(one)
        _count(rows, sent=len(there), opened=-len(missing))

    def rejected(self, operation: Operation) -> None:
        rows = carried_by(operation)
        if len(rows) > 1:
            _back(rows, "与其他记录一起被拒绝，改为单独上传", alone=True)
            _count(rows, opened=-len(rows))
            return
        again = operation.attempts > 1 and operation.state == State.REJECTED
        note = f"{operation.message}（前一次没有得到答复，可能已经生效）" if again else operation.message
        for one in rows:
            one.state = UploadState.REFUSED if one.is_current else UploadState.SUPERSEDED
            one.note, one.code = discreet(note, one.content.reveal())[:400], operation.code[:40]
        UploadRecord.objects.bulk_update(rows, ["state", "note", "code"])
        _count(rows, refused=len(rows))

    def resendable(self, operation: Operation) -> str:
        rows = UploadRecord.objects.filter(operation=operation)
        return "" if rows.filter(is_current=True).exists() else "已有更新的内容，这一次不再重复上传"

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """A query where there is one; else the next upload of the same key, where that replaces the former."""
        with tenant_tx(operation.institution_pk):
            rows = list(UploadRecord.objects.filter(operation=operation).order_by("id"))
            accepted = operation.attempt_rows.filter(outcome=Outcome.OK_UNPARSED).exists()
            UploadRecord.objects.filter(operation=operation, state=UploadState.SENDING).update(
                state=UploadState.DOUBTFUL
            )
        if not rows:
            return StillUnknown(NOBODY, for_people=True)
        if accepted:
            return Applied(None, "接口已经受理；答复无法读取，其中没有须保存的内容")
        replaces = effect_of(operation.kind).replaces
        if replaces and not any(one.is_current for one in rows):
            return Moot("这条记录已有更新的内容等待上传，会替换这一条")
        if (proof := PROOFS.get(operation.kind)) is not None:
            found = proof(rows, operation, ask)
            if not (replaces and isinstance(found, StillUnknown)):
                return found
        if replaces:
            return NotApplied(REPLACES)
        return StillUnknown(NO_QUERY, for_people=True)


def discreet(sentence: str, tree: Any) -> str:
    """The centre's words without what names a person: centres repeat the number that they did not know."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if is_secret(name) and isinstance(value, str) and len(value) > 1:
                sentence = sentence.replace(value, "***")
            else:
                sentence = discreet(sentence, value)
    elif isinstance(tree, list):
        for one in tree:
            sentence = discreet(sentence, one)
    return sentence


def carried_by(operation: Operation) -> list[UploadRecord]:
    """The records of this message, locked, without their content."""
    rows = UploadRecord.objects.select_for_update(of=("self",)).filter(operation=operation)
    return list(rows.defer("content").order_by("id"))


def _back(rows: list[UploadRecord], note: str, *, alone: bool | None = None) -> None:
    """To be sent again, with proof that the centre has nothing of it."""
    for one in rows:
        one.state = UploadState.WAITING if one.is_current else UploadState.SUPERSEDED
        one.note, one.proven, one.alone = note, None, one.alone if alone is None else alone
    UploadRecord.objects.bulk_update(rows, ["state", "note", "proven", "alone"], batch_size=200)


def _count(rows: list[UploadRecord], **changes: int) -> None:
    runs = {one.run_id for one in rows if one.run_id}
    added: dict[str, Any] = {name: F(name) + value for name, value in changes.items() if value}
    if added:
        UploadRun.objects.filter(pk__in=runs).update(**added)


def _follow(one: UploadRecord) -> None:
    """What this upload means for other records: a removal takes them away, an upload ends the removals before it."""
    kind = KINDS[one.number]
    mine = UploadRecord.objects.filter(environment=one.environment)
    if kind.removes:
        _taken_away(one, kind)
        return
    mine.filter(number=one.number, key=one.key, is_current=True).update(is_at_centre=True)
    remover = remover_of(one.number)
    if remover:
        ended = mine.filter(number=remover, reference=one.reference, is_current=True, state=UploadState.SENT)
        ended = ended.filter(key__endswith=f"/{stock_type(one.number)}") if remover == "3507" else ended
        ended.update(state=UploadState.SUPERSEDED, is_current=False)


def _taken_away(one: UploadRecord, kind: Kind) -> None:
    mine = UploadRecord.objects.filter(environment=one.environment, number__in=removed_numbers(kind, one.key))
    gone = mine.filter(reference=one.reference, is_current=True)
    gone.filter(state=UploadState.SENT).update(state=UploadState.WITHDRAWN)
    gone.update(is_at_centre=False)
    judge_again(gone.filter(state=UploadState.BLOCKED))
