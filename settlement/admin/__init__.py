"""Settlement in the Django admin: read, filter, search."""
