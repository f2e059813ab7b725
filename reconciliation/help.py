"""The help on reconciliation."""
