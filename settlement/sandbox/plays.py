"""Everything the sandbox plays on the national interface; importing it registers the plays."""

from settlement.sandbox import doors, identify, inpatient, outpatient, pharmacy, reversal, state

__all__ = ["doors", "identify", "inpatient", "outpatient", "pharmacy", "reversal", "state"]
