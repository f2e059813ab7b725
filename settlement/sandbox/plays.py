"""Everything the sandbox plays on the national interface; importing it registers the plays."""
