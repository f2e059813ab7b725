"""How the sandbox plays the desk's libraries: OneTrans with its nine transactions, and the card reader."""
