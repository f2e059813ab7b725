"""What settlement publishes to the book of settled money, and what it can do about differences."""

from settlement.ledger import national, onetrans

__all__ = ["national", "onetrans"]
