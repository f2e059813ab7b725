"""What the sandbox listens to: the gateways' own wires, the control doors, and a page for people."""
