"""Operators who sign in for a shift (9001, 9002): one number each, kept, and given back when the shift is over."""
