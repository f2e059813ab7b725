"""Taking back what the centre has: stock by 3507, a department by 3403, a matching by 3302; each is a record."""

from __future__ import annotations

from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.gateway.errors import NotSent
from settlement.models import UploadRecord, UploadRun, UploadState
from settlement.models.upload import Source
from settlement.rules.upload_content import items_of
from settlement.rules.uploads import KINDS, remover_of, stock_type
from settlement.services.channel import channel_settings
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import SAME, take_records
from settlement.services.uploads.mending import send_again
from settlement.services.uploads.runs import start_run


def may_take_back(row: UploadRecord) -> bool:
    """Whether the centre has it, and a transaction takes it away."""
    return bool(row.is_current and row.is_at_centre and not row.is_moving and remover_of(row.number))


@atomic
def take_back(row: UploadRecord, *, by: Member) -> UploadRun:
    """Have the centre forget it, at once. 3507 deletes all records of that sort of the batch.

    The run is `joined` when it was on its way with this very record. Raises Refused where the centre does not have it,
    or nothing takes it away.
    """
    if not may_take_back(row):
        raise Refused(f"这条记录{row.get_state_display()}，不能从中心撤销")
    remover = remover_of(row.number)
    (given,) = take_records(remover, [_content(row)], by=by, source=Source.MADE)
    if given.outcome == SAME and given.row is not None and given.row.state == UploadState.REFUSED:
        send_again(UploadRecord.objects.filter(pk=given.row.pk), by=by)
    if given.wrong:
        raise Refused("；".join(f"{one.label}：{one.sentence}" for one in given.wrong))
    run = start_run(remover, by=by)
    run.joined = run.joined and given.outcome == SAME
    return run


def _content(row: UploadRecord) -> dict[str, Any]:
    kind = KINDS[row.number]
    items = items_of(kind, row.content.reveal())
    remover = remover_of(row.number)
    if remover == "3507":
        return {"data": {"fixmedins_bchno": row.reference, "inv_data_type": stock_type(row.number)}}
    if remover == "3403":
        began = str(items.get("begntime") or timezone.localdate())[:10]
        return {
            "data": {"hosp_dept_codg": row.reference, "hosp_dept_name": items.get("hosp_dept_name"), "begntime": began}
        }
    names = ("fixmedins_hilist_id", "list_type", "med_list_codg")
    try:
        mine = channel_settings(row.environment).medins_code
    except NotSent as error:
        raise Refused(error.sentence) from None
    return {"fixmedins_code": mine, **{name: items.get(name) for name in names}}
