"""What happened: declared actions, appended to one hash chain per institution and one for the platform (design 4.4)."""

from portal.audit.body import Sensitive
from portal.audit.record import record, record_into, record_platform
from portal.audit.registry import Action, action, declared_actions

__all__ = [
    "Action",
    "Sensitive",
    "action",
    "declared_actions",
    "record",
    "record_into",
    "record_platform",
]
