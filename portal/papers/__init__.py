"""What leaves the portal on paper or as a spreadsheet; the only room that imports weasyprint and openpyxl.

Django loads this package at start (portal.apps): the start-up check of the fonts registers itself here.
"""

from portal.papers import checks  # noqa: F401
from portal.papers.capitals import capitals

__all__ = ["capitals"]
