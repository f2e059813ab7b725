"""Everything the sandbox plays for the clearing business; importing it registers the plays."""

from clearing.sandbox import centre, changes, cross_region, monthly, queries, refunds

__all__ = ["centre", "changes", "cross_region", "monthly", "queries", "refunds"]
