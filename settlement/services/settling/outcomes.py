"""What is left when a settlement was taken back, or was not."""

from datetime import datetime

from django.utils import timezone

from portal.audit import record
from settlement.actions import NOT_UNDONE, UNDONE
from settlement.models import Settlement, SettlementState
from settlement.services.settling.ways import way_of
from settlement.services.steps import move


def settlement_undone(
    settlement: Settlement, state: str = SettlementState.UNDONE, setl_id: str = "", at: datetime | None = None
) -> None:
    """It is gone at the centre since `at` (its own time, if it tells): its amounts count no more, the visit may go on.

    `settlement.visit` is locked.
    """
    settlement.state, settlement.undone_at, settlement.undo_setl_id = state, at or timezone.now(), setl_id[:30]
    settlement.note = ""
    settlement.save(update_fields=["state", "undone_at", "undo_setl_id", "note"])
    move(settlement.visit, way_of(settlement).undone(settlement), None)
    account, cash = (f"{value or 0:.2f}" for value in (settlement.account, settlement.cash))
    record(UNDONE, settlement, by=None, number=settlement.number, account=account, cash=cash)


def settlement_stands(settlement: Settlement, why: str) -> None:
    """It was not taken back: it is done as before, and says why. `settlement.visit` is locked."""
    settlement.state, settlement.note = standing_state(settlement), f"没有撤销：{why}"[:400]
    settlement.undone_by = None
    settlement.save(update_fields=["state", "note", "undone_by"])
    move(settlement.visit, settlement.visit.state, None, note=settlement.note)
    record(NOT_UNDONE, settlement, by=None, number=settlement.number, reason=why or "未说明")


def standing_state(settlement: Settlement) -> str:
    """DONE, or BROKEN while nobody has accepted amounts that do not add up."""
    open_findings = bool(settlement.findings) and settlement.accepted_at is None
    return SettlementState.BROKEN if open_findings else SettlementState.DONE
