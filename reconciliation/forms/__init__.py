"""What people fill in for reconciliation."""
