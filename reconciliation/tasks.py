"""What the worker does for reconciliation."""
