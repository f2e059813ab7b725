"""What work injury allows: pure rules that a clerk can be told (no database, no clock)."""
