"""What may be done about people and institutions; every function that changes something records it."""
