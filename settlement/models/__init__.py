"""What settlement keeps in the database."""

from settlement.models.bill import Bill, BillState
from settlement.models.item import OwnItem
from settlement.models.line import FeeLine, LineState
from settlement.models.settlement import FundShare, Settlement, SettlementState
from settlement.models.visit import Diagnosis, Visit, VisitKind, VisitState

__all__ = [
    "Bill",
    "BillState",
    "Diagnosis",
    "FeeLine",
    "FundShare",
    "LineState",
    "OwnItem",
    "Settlement",
    "SettlementState",
    "Visit",
    "VisitKind",
    "VisitState",
]
