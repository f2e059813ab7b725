"""What the worker does for work injury."""
