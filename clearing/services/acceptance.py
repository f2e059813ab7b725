"""接受差异: a reviewer takes responsibility for a row whose identities do not hold (design 2.1)."""

from django.utils import timezone

from clearing.actions import FINDING_ACCEPTED
from clearing.models import ChangeKind, ClearingRow, RowState
from clearing.services.history import note
from clearing.services.refusals import Refused
from clearing.services.scopes import locked
from clearing.services.steps import refuse_claimed
from portal.access.member import Member
from portal.audit import record

SHORTEST, LONGEST = 4, 200


def accept_finding(row: ClearingRow, reason: str, *, by: Member) -> ClearingRow:
    """The row may be verified in spite of its findings, by somebody else where four eyes apply.

    The acceptance ends when the centre's figures, and with them the findings, change.
    Raises Refused without a person, a reason of 4 to 200 characters, or anything to accept.
    """
    locked(row.scope)
    row = ClearingRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
    reason = " ".join(reason.split())
    if by.user is None or by.institution is None:
        raise Refused("接受差异须由复核人员本人办理")
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Refused(f"接受理由：{SHORTEST} 到 {LONGEST} 个字", field="reason")
    if row.state == RowState.REVOKED:
        raise Refused("这条数据已撤销，没有需要接受的差异")
    refuse_claimed([row])
    if not row.needs_acceptance:
        raise Refused("这条数据没有需要接受的差异")
    if by.institution.four_eyes and by.is_user(row.verified_by_id):
        raise Refused("这条数据由您本人核对，差异须由另一位复核人员接受")
    row.accepted_by, row.accepted_reason, row.accepted_at = by.user, reason, timezone.now()
    row.accepted_four_eyes = by.institution.four_eyes
    row.save(update_fields=["accepted_by", "accepted_reason", "accepted_at", "accepted_four_eyes"])
    note([row], ChangeKind.ACCEPTED, who=by.label, reason=reason)
    fields = "、".join(dict.fromkeys(finding["field"] for finding in row.findings))
    record(FINDING_ACCEPTED, row, by=by, row=row.row_id, reason=reason, fields=fields)
    return row
