"""How an institution reaches a gateway: addresses, keys and switches, and the platform's list of allowed addresses."""
