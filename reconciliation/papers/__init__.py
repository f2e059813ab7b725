"""What reconciliation prints and writes into files."""

from reconciliation.papers import sheet, statement

__all__ = ["sheet", "statement"]
