"""What the centre of one party remembers: its insured, visits, settlements, filings, uploads, files, its book."""

from settlement.sandbox.models.book import Applied, BookForm, BookRow
from settlement.sandbox.models.desk import Charge, Permission, Purse, Reader, Trade
from settlement.sandbox.models.papers import Centre, File, Filing, Upload
from settlement.sandbox.models.people import Insurance, Insured, Voucher
from settlement.sandbox.models.visits import Line, Settlement, Visit

__all__ = [
    "Applied",
    "BookForm",
    "BookRow",
    "Centre",
    "Charge",
    "File",
    "Filing",
    "Insurance",
    "Insured",
    "Line",
    "Permission",
    "Purse",
    "Reader",
    "Settlement",
    "Trade",
    "Upload",
    "Visit",
    "Voucher",
]
