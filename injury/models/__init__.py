from injury.models.admission import Admission, AdmissionState, Flow
from injury.models.arrival import ArrivalFile, ArrivalState, Content
from injury.models.catalogue import CatalogueItem, Mapping, Standing
from injury.models.catalogue_file import CatalogueFile, CatalogueLine, FileKind, FileState, Finding, MappingLine
from injury.models.centre import CentreReport, CentreTreatment, UploadedPerson
from injury.models.discharge import (
    Discharge,
    DischargeRecord,
    DischargeState,
    FileType,
    Invoice,
    InvoiceNumber,
    Material,
    MaterialState,
    Node,
)
from injury.models.enquiry import Enquiry, EnquiryState
from injury.models.error_code import ErrorCode
from injury.models.fee import Advice, FeeItem, FeeState, HeldKind, Source
from injury.models.sheet import DrugLimit, DrugReading, LineMatch, SettlementSheet, SheetLine
from injury.models.upload import (
    BatchLine,
    BatchState,
    CentreReading,
    EpochState,
    FeeBatch,
    FeeEpoch,
    Purpose,
    Sign,
    UploadSchedule,
)

__all__ = [
    "Admission",
    "AdmissionState",
    "Advice",
    "ArrivalFile",
    "ArrivalState",
    "BatchLine",
    "BatchState",
    "CatalogueFile",
    "CatalogueItem",
    "CatalogueLine",
    "CentreReading",
    "CentreReport",
    "CentreTreatment",
    "Content",
    "Discharge",
    "DischargeRecord",
    "DischargeState",
    "DrugLimit",
    "DrugReading",
    "Enquiry",
    "EnquiryState",
    "EpochState",
    "ErrorCode",
    "FeeBatch",
    "FeeEpoch",
    "FeeItem",
    "FeeState",
    "FileKind",
    "FileState",
    "FileType",
    "Finding",
    "Flow",
    "HeldKind",
    "Invoice",
    "InvoiceNumber",
    "LineMatch",
    "Mapping",
    "MappingLine",
    "Material",
    "MaterialState",
    "Node",
    "Purpose",
    "SettlementSheet",
    "SheetLine",
    "Sign",
    "Source",
    "Standing",
    "UploadSchedule",
    "UploadedPerson",
]
