"""What settlement keeps in the database."""

from settlement.models.acceptance import AcceptanceCase, AcceptanceRun, CaseState, RunState
from settlement.models.bill import Bill, BillState
from settlement.models.cards import AuthState, CardReading, HealthCardAuth, ReadingState, ReadingWay
from settlement.models.cashier import (
    AccountType,
    Movement,
    PrepaidAccount,
    Recharge,
    RechargeState,
    Refund,
    RefundFlow,
    RefundState,
    WithdrawMode,
)
from settlement.models.catalogue import Catalogue, CatalogueArrival, CatalogueEdition, CatalogueEntry, Change
from settlement.models.charge import CashierCharge, ChargeState, PatientType
from settlement.models.code_list import RegionCodes
from settlement.models.enquiry import Enquiry, EnquiryState
from settlement.models.filing import Filing, FilingKind, FilingState
from settlement.models.identity import CheckMedium, Identification, IdentificationState, UsedVoucher
from settlement.models.item import OwnItem
from settlement.models.joining import JoiningCheck, JoiningState
from settlement.models.line import FeeLine, LineState
from settlement.models.refresh import CatalogueRefresh
from settlement.models.schedule import ChargeSchedule
from settlement.models.settlement import FundShare, Settlement, SettlementState
from settlement.models.upload import UploadFile, UploadPlan, UploadRecord, UploadRun, UploadRunState, UploadState
from settlement.models.visit import Diagnosis, Visit, VisitKind, VisitState

__all__ = [
    "AcceptanceCase",
    "AcceptanceRun",
    "AccountType",
    "AuthState",
    "Bill",
    "BillState",
    "CardReading",
    "CaseState",
    "CashierCharge",
    "Catalogue",
    "CatalogueArrival",
    "CatalogueEdition",
    "CatalogueEntry",
    "CatalogueRefresh",
    "Change",
    "ChargeSchedule",
    "ChargeState",
    "CheckMedium",
    "Diagnosis",
    "Enquiry",
    "EnquiryState",
    "FeeLine",
    "Filing",
    "FilingKind",
    "FilingState",
    "FundShare",
    "HealthCardAuth",
    "Identification",
    "IdentificationState",
    "JoiningCheck",
    "JoiningState",
    "LineState",
    "Movement",
    "OwnItem",
    "PatientType",
    "PrepaidAccount",
    "ReadingState",
    "ReadingWay",
    "Recharge",
    "RechargeState",
    "Refund",
    "RefundFlow",
    "RefundState",
    "RegionCodes",
    "RunState",
    "Settlement",
    "SettlementState",
    "UploadFile",
    "UploadPlan",
    "UploadRecord",
    "UploadRun",
    "UploadRunState",
    "UploadState",
    "UsedVoucher",
    "Visit",
    "VisitKind",
    "VisitState",
    "WithdrawMode",
]
