"""The journal: nothing lost, nothing doubled (design 3).

operation = open_operation(GenerateClearing(…), key=scope.key, by=by, title="生成 2025 年清算数据")

@outcome(GenerateClearing)
class Generated(Handler):
    def applied(self, operation, reply): …
    def rejected(self, operation): …
    def investigate(self, operation, ask): …
"""

from portal.gateway.journal.doubt import reap, resolve
from portal.gateway.journal.handlers import (
    Applied,
    Ask,
    Declined,
    Handler,
    Moot,
    NotApplied,
    StillUnknown,
    Verdict,
    otherwise,
    outcome,
    reply_of,
    request_of,
    write_down,
)
from portal.gateway.journal.models import Attempt, Evidence, Lease, Operation
from portal.gateway.journal.moves import Overtaken
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.services import (
    AlreadyRunning,
    NotAllowed,
    approve,
    decide_manually,
    look_now,
    look_soon,
    mark_read,
    open_operation,
    operations_about,
    proposal,
    refuse,
    wake,
    withdraw,
)
from portal.gateway.journal.states import Finding, Method, Outcome, State, Task

__all__ = [
    "AlreadyRunning",
    "Applied",
    "Ask",
    "Attempt",
    "Declined",
    "Evidence",
    "Finding",
    "Handler",
    "Lease",
    "Method",
    "Moot",
    "NotAllowed",
    "NotApplied",
    "Operation",
    "Outcome",
    "Overtaken",
    "State",
    "StillUnknown",
    "Task",
    "Verdict",
    "approve",
    "decide_manually",
    "look_now",
    "look_soon",
    "mark_read",
    "open_operation",
    "operations_about",
    "otherwise",
    "outcome",
    "proposal",
    "reap",
    "refuse",
    "reply_of",
    "request_of",
    "resolve",
    "send_queued",
    "wake",
    "withdraw",
    "write_down",
]
