"""Everything the sandbox plays for work injury; importing it registers the plays."""
