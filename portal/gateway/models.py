"""Everything of the gateway room that has a table."""

from portal.gateway.console.models import ConsoleCall
from portal.gateway.desk.models import Desk, DeskSeat
from portal.gateway.journal.models import Attempt, Evidence, Lease, Operation, SpoolMark
from portal.gateway.national.models import NationalEdition
from portal.gateway.national.signing.models import NationalSignIn
from portal.gateway.sessions.models import GatewaySession

__all__ = [
    "Attempt",
    "ConsoleCall",
    "Desk",
    "DeskSeat",
    "Evidence",
    "GatewaySession",
    "Lease",
    "NationalEdition",
    "NationalSignIn",
    "Operation",
    "SpoolMark",
]
