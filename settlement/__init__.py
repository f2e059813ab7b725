"""Settlement on the national interface: pharmacies, outpatients, inpatients (specifications 2 and 3)."""
