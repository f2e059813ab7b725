"""Work injury in the Django admin: read, filter, search."""

from injury.admin import admissions, catalogue, discharges, fees, sheets

__all__ = ["admissions", "catalogue", "discharges", "fees", "sheets"]
