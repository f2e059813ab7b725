"""Reconciliation in the Django admin: read, filter, search."""

from reconciliation.admin import entries, runs

__all__ = ["entries", "runs"]
