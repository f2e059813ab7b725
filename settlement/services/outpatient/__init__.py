"""Outpatient visits: registration, information, bills by charge batch, and back from any depth."""
