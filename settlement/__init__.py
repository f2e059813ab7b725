"""National interface (specifications 2, 3) and the OneTrans library (specification 4)."""
