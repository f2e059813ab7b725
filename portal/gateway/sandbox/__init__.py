"""The sandbox: the other side of every wire, played by us in a process and a database of its own (docs/sandbox.md)."""
