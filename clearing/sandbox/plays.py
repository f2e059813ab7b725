"""Everything the sandbox plays of the clearing gateway; importing it registers the plays."""

from clearing.sandbox import centre, changes, monthly, queries

__all__ = ["centre", "changes", "monthly", "queries"]
