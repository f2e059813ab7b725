"""What the played centre remembers."""
