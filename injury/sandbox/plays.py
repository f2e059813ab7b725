"""Everything the sandbox plays for work injury; importing it registers the plays."""

from injury.sandbox import sessions

__all__ = ["sessions"]
