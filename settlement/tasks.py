"""What the worker does for settlement."""
