"""Settlement in the Django admin: read, filter, search."""

from settlement.admin import visits

__all__ = ["visits"]
