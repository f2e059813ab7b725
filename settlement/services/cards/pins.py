"""The PIN of a social security card, typed by its owner at the desk's reader: checked (VerifyPIN), changed (ChangePIN).

Nothing of the card or the PIN comes back: the library says only whether it was right, or has been changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.member import Member
from portal.audit import record
from portal.gateway import client
from portal.gateway.desk import ONETRANS
from portal.gateway.desk.cards import ChangePin, VerifyPin
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask, Declined, Handler, NotApplied, Operation, State, StillUnknown, Verdict, outcome
from portal.gateway.models import Desk
from portal.jobs import Job, JobState, Running, job, start
from settlement.actions import PIN_ASKED
from settlement.services.cashier.asking import new_number
from settlement.services.cashier.looking import kept_answer
from settlement.services.refusals import Refused
from settlement.services.steps import opened

CHECK = "settlement.card.pin"
CHECKING, CHANGING = "校验社保卡密码", "修改社保卡密码"
#: While an operation is in one of these, the reader of its desk is taken.
AT_THE_READER = (State.QUEUED, State.SENDING)


@dataclass(frozen=True)
class PinAct:
    """One line of what was done at the readers lately; `operation` only of a change."""

    title: str
    by: str
    at: datetime
    state: str
    sentence: str
    tone: str
    is_moving: bool
    operation: Any = None


def check_pin(*, desk: Desk, by: Member) -> Job:
    """Let the owner type the PIN at this desk; the job's note says whether it was right. Refused while one is typed."""
    params = {"desk": str(desk.pk), "environment": environment_for(by)}
    made = start(CHECK, str(desk.pk), by=by, title=f"{CHECKING}：{desk.name}", params=params)
    if made.joined:
        raise Refused("这个终端正在校验密码，请等持卡人输入完").behind(job=made.pk)
    record(PIN_ASKED, desk, by=by, desk=desk.name, what=CHECKING)
    return made


@job(CHECK, title=CHECKING, permission="settlement.people.identify")
def ask_for_pin(running: Running) -> str:
    """Once: after six wrong ones the card is locked."""
    request = VerifyPin(desk=running.params["desk"])
    environment = str(running.params["environment"])
    try:
        client.ask(request, institution_id=running.institution_id, environment=environment, tries=1)
    except Rejected as refusal:
        return f"没有通过：{refusal.sentence}"
    except (NotSent, Unknown) as error:
        return f"没有得到结果：{error.sentence}"
    return "密码正确"


def change_pin(*, desk: Desk, by: Member) -> Operation:
    """Let the owner change the PIN at this desk; Refused while that is under way there."""
    busy = Operation.objects.filter(kind=ChangePin.code, lane=str(desk.pk), state__in=AT_THE_READER)
    if running := busy.values_list("pk", flat=True).first():
        raise Refused("这个终端正在修改密码，请等持卡人输入完").behind(running)
    made = opened(ChangePin(desk=str(desk.pk)), key=new_number("MM"), by=by, title=f"{CHANGING}：{desk.name}")
    record(PIN_ASKED, desk, by=by, desk=desk.name, what=CHANGING)
    return made


@outcome(ChangePin)
class ChangingPin(Handler):
    """The card has the new PIN, or still the old one; the portal keeps neither."""

    consequence = "在终端打开修改密码窗口，由持卡人输入"

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Only the bridge knows; never sent again by itself, because the owner may have left."""
        kept = kept_answer(operation)
        if isinstance(kept, NotApplied):
            return Declined(f"{kept.evidence}，需要时请重新办理")
        return kept or StillUnknown("请持卡人用新密码校验一次：通过即已修改", for_people=True)


def recent_pins(environment: str, most: int = 8) -> list[PinAct]:
    """What was checked and changed lately, the newest first; inside the door."""
    jobs = Job.objects.filter(kind=CHECK, params__environment=environment)[:most]
    changes = Operation.objects.filter(gateway=ONETRANS.name, kind=ChangePin.code, environment=environment)
    rows = [*map(_checked, jobs), *map(_changed, changes.defer("request", "reply")[:most])]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:most]


def _checked(row: Job) -> PinAct:
    is_right = row.note == "密码正确"
    tone = "brand" if row.is_live else "good" if is_right else "warn"
    state = "请持卡人输入" if row.is_live else "通过" if is_right else "未通过"
    if row.state in (JobState.FAILED, JobState.CANCELLED):
        state = JobState(row.state).label
    return PinAct(row.title, row.started_label, row.created_at, str(state), row.note or row.error, tone, row.is_live)


def _changed(row: Operation) -> PinAct:
    tone = "doubt" if row.is_doubtful else "brand" if row.is_live else "good" if row.state == State.DONE else "bad"
    said = "" if row.state == State.DONE else row.message
    return PinAct(row.title, row.created_label, row.created_at, row.sentence, said, tone, row.is_moving, row.pk)
