"""Work injury in the Django admin: read, filter, search."""

from injury.admin import discharges, sheets

__all__ = ["discharges", "sheets"]
