"""Reconciliation for other systems."""
