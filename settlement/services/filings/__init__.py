"""Filings: submitted once, looked for at the centre, taken back."""

from settlement.services.filings import outcomes
from settlement.services.filings.looking import LOOK, look, start_look
from settlement.services.filings.submitting import file, withdraw

__all__ = ["LOOK", "file", "look", "outcomes", "start_look", "withdraw"]
