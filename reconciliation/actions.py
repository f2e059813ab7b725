"""What reconciliation writes into the audit chain; one line each."""
