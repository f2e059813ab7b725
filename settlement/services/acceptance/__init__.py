"""Acceptance runs: every enabled transaction of some families, once, in the test environment, and all taken back."""

from settlement.services.acceptance.beginning import (
    RUN,
    begin_run,
    end_lost_acceptance,
    go_on,
    stop_run,
    the_script,
    usual_given,
)
from settlement.services.acceptance.running import carry_on

__all__ = ["RUN", "begin_run", "carry_on", "end_lost_acceptance", "go_on", "stop_run", "the_script", "usual_given"]
