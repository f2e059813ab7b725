"""Settlement in the left navigation."""
