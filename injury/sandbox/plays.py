"""Everything the sandbox plays for work injury; importing it registers the plays."""

from injury.sandbox import admitting, cards, doors, finding, reading, sessions

__all__ = ["admitting", "cards", "doors", "finding", "reading", "sessions"]
