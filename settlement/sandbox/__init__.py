"""The centre of the national interface, played by the sandbox."""
