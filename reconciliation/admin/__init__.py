"""Reconciliation in the Django admin: read, filter, search."""

from reconciliation.admin import entries

__all__ = ["entries"]
