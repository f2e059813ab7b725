"""The work-injury gateway's messages (interface chapter 4): names on the wire stay here and in `services`."""

from injury.messages.admission import Register, UndoRegistration
from injury.messages.cards import (
    CardCheck,
    CardHolder,
    CheckCard,
    CheckElectronicCard,
    ElectronicCard,
    PlasticCard,
    ReadCard,
    ReadElectronicCard,
)
from injury.messages.cross_province import (
    CrossProvinceSaved,
    Filings,
    FindFilings,
    RegisterCrossProvince,
    UndoCrossProvinceRegistration,
    UploadCrossProvinceFees,
    VoidCrossProvinceFees,
)
from injury.messages.cross_province_discharge import DischargeCrossProvince, UndoCrossProvinceDischarge
from injury.messages.discharge import Discharge, UndoDischarge
from injury.messages.errors import DocumentedError, documented_errors
from injury.messages.fees import Approval, ApproveFees, Saved, UploadFees, VoidFees
from injury.messages.gateway import INJURY, Ack
from injury.messages.materials import UploadMaterial
from injury.messages.people import (
    BatchReports,
    BatchTreatments,
    FindInjuries,
    FindReports,
    FindReportsBetween,
    FindTreatments,
    FindTreatmentsBetween,
    Injuries,
    Reports,
    Treatments,
)
from injury.messages.session import Login, Logout, Session
from injury.messages.sheets import DrugShare, FetchDrugShare, FetchSheet, FindUploaded, Sheet, UploadedPeople

__all__ = [
    "INJURY",
    "Ack",
    "Approval",
    "ApproveFees",
    "BatchReports",
    "BatchTreatments",
    "CardCheck",
    "CardHolder",
    "CheckCard",
    "CheckElectronicCard",
    "CrossProvinceSaved",
    "Discharge",
    "DischargeCrossProvince",
    "DocumentedError",
    "DrugShare",
    "ElectronicCard",
    "FetchDrugShare",
    "FetchSheet",
    "Filings",
    "FindFilings",
    "FindInjuries",
    "FindReports",
    "FindReportsBetween",
    "FindTreatments",
    "FindTreatmentsBetween",
    "FindUploaded",
    "Injuries",
    "Login",
    "Logout",
    "PlasticCard",
    "ReadCard",
    "ReadElectronicCard",
    "Register",
    "RegisterCrossProvince",
    "Reports",
    "Saved",
    "Session",
    "Sheet",
    "Treatments",
    "UndoCrossProvinceDischarge",
    "UndoCrossProvinceRegistration",
    "UndoDischarge",
    "UndoRegistration",
    "UploadCrossProvinceFees",
    "UploadFees",
    "UploadMaterial",
    "UploadedPeople",
    "VoidCrossProvinceFees",
    "VoidFees",
    "documented_errors",
]
