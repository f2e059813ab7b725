"""Yearly clearing of the city system (clearing manual): generate, verify, apply, print."""
