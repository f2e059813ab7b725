"""Every kind of visit that can be settled; importing it registers their ways and outcomes."""

from settlement.services.outpatient import information, registration, removing, sending
from settlement.services.settling import outpatient, pharmacy, promises, settle, undoing

FLOWS = (pharmacy, outpatient, promises, settle, undoing, registration, information, sending, removing)
