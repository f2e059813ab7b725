"""Everything of the gateway room that has a table."""

from portal.gateway.console.models import ConsoleCall
from portal.gateway.journal.models import Attempt, Evidence, Lease, Operation, SpoolMark

__all__ = ["Attempt", "ConsoleCall", "Evidence", "Lease", "Operation", "SpoolMark"]
