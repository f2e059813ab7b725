"""Reconciliation walked through on the command line: seven kinds of differences among ten thousand settlements."""
