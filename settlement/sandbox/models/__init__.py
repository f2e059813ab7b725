"""What the centre of one party remembers: its insured, visits with lines and settlements, filings, uploads, files."""

from settlement.sandbox.models.papers import Centre, File, Filing, Upload
from settlement.sandbox.models.people import Insurance, Insured, Voucher
from settlement.sandbox.models.visits import Line, Settlement, Visit

__all__ = ["Centre", "File", "Filing", "Insurance", "Insured", "Line", "Settlement", "Upload", "Visit", "Voucher"]
