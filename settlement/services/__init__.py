"""What settlement does; each file tells one story."""
