"""What work-injury insurance writes into the audit chain; one line each."""
