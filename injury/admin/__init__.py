"""Work injury in the Django admin: read, filter, search."""

from injury.admin import sheets

__all__ = ["sheets"]
