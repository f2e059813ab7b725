"""A campaign against settling: replies and messages get lost or come late while patients wait.

Afterwards nothing is doubled, every doubt has ended adopted or reversed with evidence, and both ledgers agree. The
parameter is what brings settlements to the point where somebody presses “结算”: `ready(desk, count)`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

from django.utils import timezone

from portal.gateway.journal import Attempt, Evidence, Operation, Outcome, State, doubt, send_queued
from portal.gateway.journal.invariants import Truth, check_everything
from portal.gateway.journal.states import DOUBTFUL
from settlement.models import Settlement, SettlementState
from settlement.services.refusals import Refused
from settlement.services.settling.reversal import propose_reversal, reversal_obstacle
from settlement.services.settling.settle import settle
from settlement.tasks import look_after_reversals
from tests.settlement.settling_desk import SettlingDesk

#: Brings so many settlements to their preview.
Ready = Callable[[SettlingDesk, int], list[Settlement]]
#: Quiet periods of 90 s last half a second: longer than the latest message of a campaign.
QUIET, LATE = 0.006, 0.25
#: Of doubts that a look did not settle, so many are reversed instead of being waited for.
IMPATIENCE = 0.5
#: Settlements of one transaction in the gate; `CAMPAIGN=170` and three transactions make five hundred.
COUNT = int(os.environ.get("CAMPAIGN", "30"))
#: A short campaign meets every fault all the same, because each of them comes more often.
OFTEN = 1.0 if COUNT >= 100 else 2.5
#: Presented in waves, so that doubts are looked into while others are settled.
WAVE = 25


def switch_faults_on(desk: SettlingDesk, code: str) -> None:
    """Replies lost and late, messages lost and late, and now and then no answer to the questions afterwards."""
    on = desk.sandbox.switch_on
    on("drop_response", rate=0.10 * OFTEN, seed=f"dropped {code}", codes=[code])
    on("late_execution", rate=0.05 * OFTEN, seed=f"late {code}", seconds=LATE, codes=[code])
    on("reset", rate=0.03 * OFTEN, seed=f"reset {code}", codes=[code])
    on("truncate", rate=0.02 * OFTEN, seed=f"half {code}", codes=[code])
    on("drop_request", rate=0.08 * OFTEN, seed=f"never {code}", codes=[code])
    on("drop_request", rate=0.6, seed=f"mute {code}", codes=["5201", "5203"])
    on("drop_response", rate=0.10, seed=f"reversals {code}", codes=["2601"])


def press(desk: SettlingDesk, shown: list[Settlement]) -> None:
    """Somebody presses “结算”, and presses again because nothing seems to happen."""
    for one in shown:
        with desk.door():
            first = settle(one, by=desk.by)
        with desk.door():
            assert settle(one, by=desk.by) == first


def work(desk: SettlingDesk) -> None:
    """What workers and the sweep do, once around; quiet periods run their (shortened) length."""
    desk.run_jobs()
    send_queued(desk.institution_id, "national")
    with desk.door():
        due = list(Operation.objects.filter(doubt.due(timezone.now())).values_list("pk", flat=True))
    for pk in due:
        doubt.resolve(desk.institution_id, pk)
    look_after_reversals(desk.institution_id)


def people_do_their_part(desk: SettlingDesk, chance: random.Random) -> None:
    """For doubts that were looked into in vain, a clerk proposes a reversal now and then, a reviewer lets it go."""
    with desk.door():
        waiting = list(Operation.objects.filter(state__in=[State.RESOLVING, State.MANUAL], looks__gt=0))
        for operation in waiting:
            if operation.state != State.MANUAL and chance.random() > IMPATIENCE:
                Operation.objects.filter(pk=operation.pk, state=State.RESOLVING).update(next_look_at=None)
            elif not reversal_obstacle(operation):
                try:
                    propose_reversal(operation, by=desk.by, reason="病人要离开")
                except Refused:
                    continue
        drafts = list(Operation.objects.filter(state=State.DRAFT))
    for draft in drafts:
        desk.approve(draft)


def carry_through(desk: SettlingDesk, seconds: float = 60) -> None:
    """Until no settlement is under way or in doubt."""
    chance, end = random.Random("people"), time.monotonic() + seconds
    while time.monotonic() < end:
        work(desk)
        people_do_their_part(desk, chance)
        with desk.door():
            if not Settlement.objects.filter(state__in=[SettlementState.SETTLING, SettlementState.UNDOING]).exists():
                return
    with desk.door():
        raise AssertionError(list(Operation.objects.filter(state__in=DOUBTFUL).values_list("state", "message")))


def run(desk: SettlingDesk, code: str, ready: Ready, count: int) -> list[Settlement]:
    """The whole campaign; the settlements afterwards."""
    shown = ready(desk, count)
    switch_faults_on(desk, code)
    for begin in range(0, count, WAVE):
        press(desk, shown[begin : begin + WAVE])
        work(desk)
    carry_through(desk)
    time.sleep(LATE)  # what runs late has run by then
    rows = Settlement.objects.select_related("operation", "visit").filter(pk__in=[one.pk for one in shown])
    with desk.door():
        return list(rows)


def truth(desk: SettlingDesk) -> Truth:
    told = desk.party.truth()
    return Truth("national", "test", tuple(told["effects"]), told["state"])


def broken(desk: SettlingDesk) -> list[str]:
    """Every promise that was not kept, the centre's ledger beside ours."""
    return [str(one) for one in check_everything([truth(desk)])]


def assert_nothing_doubled_or_lost(desk: SettlingDesk, code: str, settled: list[Settlement]) -> None:
    live = [one for one in desk.effects(code) if one["undone_by"] is None]
    done = {one.msgid for one in settled if one.state == SettlementState.DONE}
    assert sorted(one["nonce"] for one in live) == sorted(done)
    assert not [one for one in live if one["duplicate"]]
    ended = {SettlementState.DONE, SettlementState.REVERSED, SettlementState.REJECTED}
    assert {one.state for one in settled} <= ended
    assert broken(desk) == []
    with desk.door():
        unknown = Attempt.objects.filter(outcome=Outcome.UNKNOWN, operation__kind=code)
        proven = set(Evidence.objects.exclude(verdict="unknown").values_list("attempt", flat=True))
        assert unknown.exists()
        assert [one.msgid for one in unknown if one.pk not in proven] == []


def told(settled: list[Settlement]) -> dict[str, int]:
    """How they ended, for a report."""
    found: dict[str, int] = {}
    for one in settled:
        name = f"{one.state} after {one.operation.attempts if one.operation else 0}"
        found[name] = found.get(name, 0) + 1
    return found
