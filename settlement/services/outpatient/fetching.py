"""The centre's number of a visit whose registration was accepted, but whose answer nobody could read (5201)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.access.member import Member
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Ask
from portal.jobs import Job, start
from settlement.models import Visit
from settlement.services.outpatient.centre import visits_there
from settlement.services.refusals import Refused
from settlement.services.steps import locked, move

FETCH = "settlement.registration"
UNREAD = "医保中心已受理挂号，但没有读到就诊ID，请取回"


def fetch_registration(visit: Visit, *, by: Member) -> Job:
    """Have a worker ask; Refused for a visit whose number is known."""
    if visit.mdtrt_id or visit.state != "open":
        raise Refused("这次就诊的就诊ID已经取得，或者还没有挂号")
    return begin_fetching(visit, by=by)


def begin_fetching(visit: Visit, *, by: Member) -> Job:
    """The job; the one that runs already, if one does."""
    return start(FETCH, str(visit.pk), by=by, title=f"取回就诊ID {visit.number}", params={"visit": str(visit.pk)})


def fetched_registration(visit_id: UUID, *, ask: Callable[[str], Ask], door: Any) -> str:
    """Ask and store; called by the job, outside any transaction. Returns its closing note."""
    with door():
        visit = Visit.objects.get(pk=visit_id)
    try:
        mine = [one for one in visits_there(visit, ask(visit.environment)) if one.number == visit.number]
    except GatewayError as error:
        return f"没有得到答复：{error.sentence}"
    if len(mine) != 1:
        return f"医保中心有 {len(mine)} 次门诊号为 {visit.number} 的就诊，不能确定"
    with door():
        visit = locked(visit)
        if not visit.mdtrt_id:
            move(visit, visit.state, visit.operation, mdtrt_id=mine[0].mdtrt_id[:30])
    return f"就诊ID {mine[0].mdtrt_id}"
