"""Everything the sandbox plays of the desk's libraries; importing it registers the plays."""

from settlement.sandbox.onetrans import charging, doors, money, permitting, reading, state

__all__ = ["charging", "doors", "money", "permitting", "reading", "state"]
