from injury.models.admission import Admission, AdmissionState, Flow
from injury.models.centre import CentreReport, CentreTreatment, UploadedPerson
from injury.models.enquiry import Enquiry, EnquiryState
from injury.models.fee import Advice, FeeItem, FeeState, Source

__all__ = [
    "Admission",
    "AdmissionState",
    "Advice",
    "CentreReport",
    "CentreTreatment",
    "Enquiry",
    "EnquiryState",
    "FeeItem",
    "FeeState",
    "Flow",
    "Source",
    "UploadedPerson",
]
