import os
import time

from portal.gateway.journal import handlers
from portal.jobs import Running, job
from tests.journal.verified import Verified

STEPS = 12

# In place of the business's own handler: these operations have no clearing rows behind them.
handlers._handlers["clearing", "verifyClearing"] = Verified()


@job("tests.slow", title="慢任务", resumable=True)
def slow(running: Running) -> str:
    """Twelve quick steps; it goes on where it was. Who begins it stays at the sixth, to be killed there."""
    begins = running.done == 0
    for number in range(running.done + 1, STEPS + 1):
        running.progress(number, STEPS, f"pid {os.getpid()}")
        time.sleep(60 if begins and number == STEPS // 2 else 0.02)
    return "完成"
