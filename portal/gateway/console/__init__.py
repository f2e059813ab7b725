"""The interface test console: any declared transaction, filled in by hand, sent, and looked at (interface 5, 2.1)."""
