"""Stays: admission, charges day by day, discharge, and back from any depth."""
