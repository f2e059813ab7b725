"""Everything the sandbox plays for work injury; importing it registers the plays."""

from injury.sandbox import finding, reading, sessions

__all__ = ["finding", "reading", "sessions"]
