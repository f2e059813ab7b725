"""Every kind of visit that can be settled; importing it registers their ways and outcomes."""

from settlement.services.settling import pharmacy, settle, undoing

FLOWS = (pharmacy, settle, undoing)
