"""Work injury in the Django admin: read, filter, search."""
