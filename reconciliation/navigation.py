"""Reconciliation in the left navigation."""
