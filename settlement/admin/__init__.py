"""Settlement in the Django admin: read, filter, search."""

from settlement.admin import cashier, visits

__all__ = ["cashier", "visits"]
