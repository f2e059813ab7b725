"""How an admission's upload goes, for people: what is done, what is there, what happens next, who has to act."""

from __future__ import annotations

from dataclasses import dataclass

from injury.models import Admission, AdmissionState, BatchState, CentreReading, EpochState, FeeBatch, FeeEpoch
from injury.services.standing import FeeStanding, fee_standing
from injury.services.uploading.starting import has_changed_advices, start_obstacle
from injury.services.uploading.wiping import ASKABLE, has_live_wipe, may_still_execute, parked

READINGS = 8
#: What happens next, by where the epoch is.
NEXT = {
    EpochState.STARTING: "系统先核对中心金额，相符后分批上传。可以离开本页",
    EpochState.SENDING: "一批有结果后才发下一批。可以离开本页",
    EpochState.CHECKING: "系统正在读取中心金额，与本院逐类核对。可以离开本页",
    EpochState.COMPLETE: "新到达的费用随时可以上传；办理出院前须在半小时内核对过",
    EpochState.STOPPED: "没有发送任何费用。查明原因后点“重新核对”，相符时自动继续；也可以提请作废后全部重传",
    EpochState.PARTIAL: "须作废后全部重新上传：可以先重新核对，仍不相符时提请作废",
    EpochState.WIPING: "作废由另一位复核人员决定，同意后系统作废、核实为空、再全部重新上传",
    EpochState.PROVING: "系统连续两次读取中心金额，核实为空后继续",
    EpochState.PEOPLE: "系统不再自动处理：请与工伤中心核对，再决定是否作废重传",
}
DOUBT = "结果待确认：静默期后系统读取中心金额来核实，请不要重复上传，也不要在别处上传"


@dataclass(frozen=True)
class Progress:
    """Everything that the page of one admission's upload shows; an obstacle is why that step is not possible now."""

    admission: Admission
    standing: FeeStanding
    epoch: FeeEpoch | None
    batches: list[FeeBatch]
    wiped: list[FeeEpoch]
    readings: list[CentreReading]
    start_obstacle: str
    check_obstacle: str
    wipe_obstacle: str

    @property
    def done(self) -> int:
        return sum(batch.state == BatchState.APPLIED for batch in self.batches)

    @property
    def total(self) -> int:
        return sum(batch.state != BatchState.CANCELLED for batch in self.batches)

    @property
    def is_doubtful(self) -> bool:
        return any(batch.is_doubtful for batch in self.batches)

    @property
    def is_moving(self) -> bool:
        """Whether the page should look again by itself."""
        waits = self.epoch is not None and self.epoch.state == EpochState.WIPING
        return bool(self.epoch and self.epoch.is_moving) or (waits and not self.is_draft)

    @property
    def is_draft(self) -> bool:
        """A wipe waits for a reviewer."""
        return bool(self.epoch and self.epoch.wipe and self.epoch.wipe.state == "draft")

    @property
    def next(self) -> str:
        """What happens next, in plain words."""
        if self.epoch is None:
            return "还没有上传过" if self.standing.count else "还没有费用"
        if self.epoch.state == EpochState.SENDING and self.is_doubtful:
            return DOUBT
        return NEXT[EpochState(self.epoch.state)]


def progress_of(admission: Admission) -> Progress:
    """Inside the door; a fixed number of statements."""
    standing = fee_standing(admission)
    epoch = standing.epoch
    batches = FeeBatch.objects.none()
    if epoch is not None:
        batches = FeeBatch.objects.filter(epoch=epoch).select_related("epoch", "operation").order_by("number")
        batches = batches.defer("operation__request", "operation__reply")
    wiped = FeeEpoch.objects.filter(admission=admission, state=EpochState.WIPED).select_related("wipe").order_by("-n")
    readings = CentreReading.objects.filter(admission=admission)[:READINGS]
    return Progress(
        admission,
        standing,
        epoch,
        list(batches),
        list(wiped),
        list(readings),
        _start_obstacle(admission, standing),
        _check_obstacle(epoch),
        wipe_obstacle(admission, epoch),
    )


def _start_obstacle(admission: Admission, standing: FeeStanding) -> str:
    epoch = standing.epoch
    if obstacle := start_obstacle(admission, epoch):
        return obstacle
    if epoch is not None and epoch.is_moving:
        return "正在上传"
    going_on = epoch is not None and epoch.state == EpochState.STOPPED
    if not standing.waiting and not going_on and not has_changed_advices(admission):
        return "没有等待上传的费用"
    return ""


def _check_obstacle(epoch: FeeEpoch | None) -> str:
    if epoch is None:
        return "还没有上传过费用"
    if epoch.is_moving:
        return "正在上传或核对"
    return "作废正在等待复核或办理" if has_live_wipe(epoch) else ""


def wipe_obstacle(admission: Admission, epoch: FeeEpoch | None) -> str:
    """Why nobody can ask for a wipe now; empty when somebody can."""
    if admission.state != AdmissionState.ADMITTED:
        return f"这次就诊“{admission.get_state_display()}”，在院时才能作废费用"
    if epoch is None:
        return "这次就诊还没有上传过费用"
    if has_live_wipe(epoch):
        return "作废已提请"
    if epoch.state not in ASKABLE:
        return f"费用上传“{epoch.get_state_display()}”，完成后再办理"
    if epoch.state == EpochState.COMPLETE and admission.operation and admission.operation.is_live and not parked(epoch):
        return f"这次就诊{admission.shown_state}，有结果后再办理"
    return may_still_execute(admission)
