"""Whether an institution's channel to the national interface works, step by step (access guide, chapters 1 and 2)."""

from portal.gateway.national.joining.findings import Finding, Verdict
from portal.gateway.national.joining.steps import STEPS, Joining, Step, check

__all__ = ["STEPS", "Finding", "Joining", "Step", "Verdict", "check"]
