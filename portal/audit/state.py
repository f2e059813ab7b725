"""What a chain is known to be: how long, when it was last checked and with what result."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from portal.access.member import Member
from portal.audit.actions import BROKEN, VERIFIED
from portal.audit.checkpoints import latest_mark, read_checkpoints
from portal.audit.models import Event
from portal.audit.record import record
from portal.audit.verify import anchors_of, place_hash, verify_chain
from portal.jobs import Job, Running, start


@dataclass(frozen=True)
class State:
    """`last` is the record of the last check, None before the first; `mark` the latest checkpoint's short hash."""

    count: int
    last: Event | None
    mark: str

    @property
    def is_broken(self) -> bool:
        return self.last is not None and self.last.action == BROKEN.name

    @property
    def verified_at(self) -> datetime | None:
        return self.last.at if self.last else None


def state_of(chain: int) -> State:
    """Three short questions by index, however long the chain is."""
    newest = Event.objects.filter(chain=chain).order_by("-seq").values_list("seq", flat=True).first()
    checks = (
        Event.objects.filter(chain=chain, action=action.name).order_by("-seq").first() for action in (VERIFIED, BROKEN)
    )
    last = max(filter(None, checks), key=lambda event: event.seq, default=None)
    return State(newest or 0, last, latest_mark())


def is_intact(event: Event) -> bool:
    """Whether the record's content, time and place still make its hash."""
    at = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return place_hash(event.chain, event.seq, bytes(event.prev), at, event.body) == bytes(event.hash)


def start_verification(*, by: Member) -> Job:
    """Check the whole chain in the background; a second wish joins the first."""
    return start("audit.verify", f"{by.institution_id}", by=by)


def verify_and_record(running: Running) -> str:
    """The job: every hash again, against the signed checkpoints too; what was found stands in the chain itself."""
    good, wrong = read_checkpoints(Path(settings.CHECKPOINT_DIR))
    verdict = verify_chain(running.institution_id, anchors_of(good).get(running.institution_id))
    with running.tx():
        if verdict.fault is None and not wrong:
            record(VERIFIED, by=running.by, count=verdict.count)
            return f"{verdict.count:,} 条，完好"
        why = verdict.why or wrong[0]
        record(BROKEN, by=running.by, seq=verdict.seq, fault=str(verdict.fault or "检查点不符"), why=why)
    return f"有问题：{why}"
