"""Signing in at gateways whose calls carry a session: once for the whole institution, kept, given back when idle."""
