"""Records are mended, sent once more after a refusal, or dropped before anything of them left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.db.transaction import atomic

from portal.access.member import Member
from portal.audit import record
from portal.gateway.national import current_edition
from settlement.actions import RECORD_MENDED, RECORDS_AGAIN, RECORDS_DROPPED
from settlement.models import UploadRecord, UploadState
from settlement.rules.upload_content import digest_of, identity_of
from settlement.rules.uploads import KINDS
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import key_faults, read, still_there
from settlement.services.uploads.content import KEPT, Wrong, too_large, wrong_with


def locked(row: UploadRecord) -> UploadRecord:
    return UploadRecord.objects.select_for_update(of=("self",)).get(pk=row.pk)


@atomic
def mend(row: UploadRecord, content: Mapping[str, Any], *, insured_at: str, by: Member) -> UploadRecord:
    """Another content for a record that has not gone, or was refused; kept also when it is still wrong.

    Raises Refused when it has left meanwhile, or when its new key belongs to another record.
    """
    row = locked(row)
    if not row.may_change:
        raise Refused(f"这条记录{row.get_state_display()}，不能更正；请作为新的内容重新提交")
    kind, edition = KINDS[row.number], current_edition(row.environment)
    given = read(kind, [dict(content)], edition, row.environment)[0]
    region = insured_at or given.insured_at or row.insured_at
    if region != given.insured_at:
        given.insured_at = region
        given.wrong = [*key_faults(kind, given), *wrong_with(kind, given.content, edition, region)]
        given.wrong += too_large(kind, given.length)
    if wrong := still_there(kind, is_at_centre=row.is_at_centre):
        given.wrong.append(wrong)
    found = given.identity
    row.content, row.content_hash, row.size, row.insured_at = given.content, given.digest, given.size, region
    row.key, row.reference, row.label = found.key, found.reference, found.label
    row.mdtrt_id, row.setl_id, row.changed_as = found.mdtrt_id, found.setl_id, by.label[:100]
    _state(row, given.wrong)
    row.note, row.code = "", ""
    try:
        with atomic():
            row.save()
    except IntegrityError:
        raise Refused("已经有一条相同业务主键的记录，请在那条记录上更正") from None
    what = f"还有 {row.fault_count} 处问题" if row.fault_count else "可以上传"
    record(RECORD_MENDED, row, by=by, number=row.number, key=row.key, what=what)
    return row


def _state(row: UploadRecord, wrong: list[Wrong]) -> None:
    row.state = UploadState.BLOCKED if wrong else UploadState.WAITING
    row.faults, row.fault_count = [one.kept() for one in wrong[:KEPT]], len(wrong)


def judge_again(rows: QuerySet[UploadRecord]) -> int:
    """Look at blocked records anew, by the tables and the centre's books as they are now; how many may go."""
    freed = 0
    for row in rows.select_for_update(of=("self",)).order_by("id").iterator(chunk_size=50):
        kind, edition = KINDS[row.number], current_edition(row.environment)
        content = row.content.reveal()
        wrong = wrong_with(kind, content, edition, row.insured_at)
        wrong += too_large(kind, digest_of(content)[2])
        lacks = identity_of(kind, content, row.content_hash).lacks
        if again := still_there(kind, is_at_centre=row.is_at_centre):
            wrong.append(again)
        if not lacks:
            _state(row, wrong)
            row.save(update_fields=["state", "faults", "fault_count"])
            freed += not wrong
    return freed


@atomic
def send_again(rows: QuerySet[UploadRecord], *, by: Member) -> int:
    """Refused records wait for the next run with the content they have; how many."""
    chosen = rows.filter(state=UploadState.REFUSED, is_current=True)
    numbers = sorted(set(chosen.values_list("number", flat=True)))
    count = chosen.update(state=UploadState.WAITING)
    if count:
        record(RECORDS_AGAIN, by=by, number="、".join(numbers), count=count)
    return count


@atomic
def drop(row: UploadRecord, *, reason: str, by: Member) -> None:
    """Set a record aside that never has to go; it stays to be read. Raises Refused when it has left."""
    row = locked(row)
    if not row.may_change:
        raise Refused(f"这条记录{row.get_state_display()}，不能删除")
    row.state, row.is_current, row.note = UploadState.SUPERSEDED, False, f"已删除：{reason}"[:400]
    row.save(update_fields=["state", "is_current", "note"])
    record(RECORDS_DROPPED, row, by=by, number=row.number, key=row.key, reason=reason)
