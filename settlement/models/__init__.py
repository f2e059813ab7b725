"""What settlement keeps in the database."""

from settlement.models.bill import Bill, BillState
from settlement.models.catalogue import Catalogue, CatalogueArrival, CatalogueEdition, CatalogueEntry, Change
from settlement.models.code_list import RegionCodes
from settlement.models.enquiry import Enquiry, EnquiryState
from settlement.models.identity import CheckMedium, Identification, IdentificationState, UsedVoucher
from settlement.models.item import OwnItem
from settlement.models.line import FeeLine, LineState
from settlement.models.refresh import CatalogueRefresh
from settlement.models.settlement import FundShare, Settlement, SettlementState
from settlement.models.visit import Diagnosis, Visit, VisitKind, VisitState

__all__ = [
    "Bill",
    "BillState",
    "Catalogue",
    "CatalogueArrival",
    "CatalogueEdition",
    "CatalogueEntry",
    "CatalogueRefresh",
    "Change",
    "CheckMedium",
    "Diagnosis",
    "Enquiry",
    "EnquiryState",
    "FeeLine",
    "FundShare",
    "Identification",
    "IdentificationState",
    "LineState",
    "OwnItem",
    "RegionCodes",
    "Settlement",
    "SettlementState",
    "UsedVoucher",
    "Visit",
    "VisitKind",
    "VisitState",
]
