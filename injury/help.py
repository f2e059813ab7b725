"""The help on work injury, in the terms of its interface."""
