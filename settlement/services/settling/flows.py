"""Every kind of visit that can be settled; importing it registers their ways and outcomes."""

from settlement.services import transactions
from settlement.services.inpatient import admission, discharge
from settlement.services.inpatient import removing as stay_removing
from settlement.services.inpatient import sending as stay_sending
from settlement.services.outpatient import information, registration, removing, sending
from settlement.services.settling import inpatient, outpatient, pharmacy, promises, settle, undoing

FLOWS = (
    *(pharmacy, outpatient, inpatient, promises, settle, undoing, registration, information, sending, removing),
    *(admission, stay_sending, stay_removing, discharge, transactions),
)
