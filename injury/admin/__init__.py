"""Work injury in the Django admin: read, filter, search."""

from injury.admin import admissions, catalogue, discharges, fees, sheets, uploads

__all__ = ["admissions", "catalogue", "discharges", "fees", "sheets", "uploads"]
