"""Reconciliation on the dashboard."""
