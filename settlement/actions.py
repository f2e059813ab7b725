"""What settlement writes into the audit chain; one line each."""
