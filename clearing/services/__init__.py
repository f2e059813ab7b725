"""What can be done in the yearly clearing; each service checks, changes, records and enqueues in one transaction."""

from clearing.services.acceptance import accept_finding
from clearing.services.applications import cancel_application, submit_application
from clearing.services.fetching import request_fetch
from clearing.services.generation import request_generation
from clearing.services.refunds import request_refunds
from clearing.services.refusals import Refused
from clearing.services.revocation import request_revocation
from clearing.services.scopes import scope_of
from clearing.services.standing import request_application_query
from clearing.services.verification import cancel_verification, verify_rows

__all__ = [
    "Refused",
    "accept_finding",
    "cancel_application",
    "cancel_verification",
    "request_application_query",
    "request_fetch",
    "request_generation",
    "request_refunds",
    "request_revocation",
    "scope_of",
    "submit_application",
    "verify_rows",
]
