"""The rows of reconciliation."""
