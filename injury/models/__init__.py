from injury.models.admission import Admission, AdmissionState, Flow
from injury.models.fee import Advice, FeeItem, FeeState, Source

__all__ = ["Admission", "AdmissionState", "Advice", "FeeItem", "FeeState", "Flow", "Source"]
