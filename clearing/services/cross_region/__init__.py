"""What can be done in the cross-region clearing; each service checks, changes, records, enqueues at once."""

from clearing.services.cross_region.confirmation import confirm_month
from clearing.services.cross_region.decisions import decide
from clearing.services.cross_region.fetching import request_fetch
from clearing.services.cross_region.months import month_of
from clearing.services.cross_region.rollback import roll_back_batch, roll_back_month
from clearing.services.cross_region.uploads import preview_upload, use_upload

__all__ = [
    "confirm_month",
    "decide",
    "month_of",
    "preview_upload",
    "request_fetch",
    "roll_back_batch",
    "roll_back_month",
    "use_upload",
]
