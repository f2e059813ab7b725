"""What may be done with environments: see what is ready, switch, and carry settings from file to file."""

from portal.gateway.environments.services.completion import complete_switch
from portal.gateway.environments.services.readiness import Readiness, check_channel, obstacles, readiness
from portal.gateway.environments.services.switching import (
    SwitchFault,
    approve_switch,
    phrase_for,
    refuse_switch,
    request_switch,
    withdraw_switch,
)
from portal.gateway.environments.services.transfer import (
    ForeignFile,
    Preview,
    TransferFault,
    export_settings,
    import_settings,
    preview_import,
)
from portal.gateway.environments.services.work import Work, work_in

__all__ = [
    "ForeignFile",
    "Preview",
    "Readiness",
    "SwitchFault",
    "TransferFault",
    "Work",
    "approve_switch",
    "check_channel",
    "complete_switch",
    "export_settings",
    "import_settings",
    "obstacles",
    "phrase_for",
    "preview_import",
    "readiness",
    "refuse_switch",
    "request_switch",
    "withdraw_switch",
    "work_in",
]
