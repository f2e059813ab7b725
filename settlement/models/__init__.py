"""What settlement keeps in the database."""
