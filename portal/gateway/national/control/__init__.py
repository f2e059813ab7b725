"""The security control of the interface guide (Sichuan, chapter 6): a check medium is obtained for a transaction."""
