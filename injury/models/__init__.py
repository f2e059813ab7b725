from injury.models.admission import Admission, AdmissionState, Flow
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
from injury.models.fee import Advice, FeeItem, FeeState, Source

__all__ = [
    "Admission",
    "AdmissionState",
    "Advice",
    "CatalogueFile",
    "CatalogueItem",
    "CatalogueLine",
    "CentreReport",
    "CentreTreatment",
    "Discharge",
    "DischargeRecord",
    "DischargeState",
    "Enquiry",
    "EnquiryState",
    "FeeItem",
    "FeeState",
    "FileKind",
    "FileState",
    "FileType",
    "Finding",
    "Flow",
    "Invoice",
    "InvoiceNumber",
    "Mapping",
    "MappingLine",
    "Material",
    "MaterialState",
    "Node",
    "Source",
    "Standing",
    "UploadedPerson",
]
