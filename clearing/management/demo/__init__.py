"""Every chapter of the clearing manual walked through by people of an institution, laid beside the sandbox's truth."""

from clearing.management.demo.walk import Failed, Line, Walk

__all__ = ["Failed", "Line", "Walk"]
