"""What leaves the portal on paper or as a spreadsheet; the only room that imports weasyprint and openpyxl."""
