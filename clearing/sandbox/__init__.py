"""The clearing gateway's other side: a believable city and the thirteen transactions, for the sandbox process only."""
