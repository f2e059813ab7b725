"""Work injury in the Django admin: read, filter, search."""

from injury.admin import catalogue, discharges, fees, sheets

__all__ = ["catalogue", "discharges", "fees", "sheets"]
