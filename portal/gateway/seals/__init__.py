"""How bytes are closed for the wire and opened again, from both sides."""
