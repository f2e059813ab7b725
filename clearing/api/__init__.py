"""The yearly clearing for hospital systems: the same services as the pages; what goes to the centre is 202."""
