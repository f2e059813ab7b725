"""Total and detail accounts, differences and their decisions (specifications 2, 3)."""
