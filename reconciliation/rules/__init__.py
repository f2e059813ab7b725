"""The rules of comparing: pure functions."""
