"""The button, the schedule and the REST call: they only say that an admission's fees shall go now."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from injury.actions import CHECK_REQUESTED, UPLOAD_REQUESTED
from injury.models import Admission, AdmissionState, Advice, EpochState, FeeEpoch, FeeItem, FeeState
from injury.services.refusals import Refused
from injury.services.steps import locked, refuse_while_moving
from injury.services.uploading.epochs import Automatic, go, open_epoch, work
from injury.services.uploading.sending import planned
from injury.services.uploading.wiping import has_live_wipe, parked
from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal import look_soon


def start_upload(admission: Admission, *, by: Member) -> FeeEpoch:
    """Have everything that waits in this admission uploaded; pressing again while it goes changes nothing.

    Raises Refused with what stands in the way. Returns the epoch, whose `note` says what happens next; it is `joined`
    when it was on its way already.
    """
    environment = environment_for(by)
    admission = locked(admission)
    if admission.environment != environment:
        raise Refused("这次就诊属于另一个运行环境，不能办理")
    epoch = open_epoch(admission)
    if epoch is not None and epoch.is_moving:
        epoch.joined = True
        return epoch
    if obstacle := start_obstacle(admission, epoch):
        raise Refused(obstacle)
    waiting = FeeItem.objects.filter(admission=admission, state=FeeState.WAITING).count()
    if not waiting and not has_changed_advices(admission) and not (epoch and planned(epoch).exists()):
        raise Refused("没有等待上传的费用")
    epoch = _started(admission, epoch, by)
    record(UPLOAD_REQUESTED, epoch, by=by, number=admission.number, count=f"{waiting:,}")
    work(epoch)
    return epoch


def start_obstacle(admission: Admission, epoch: FeeEpoch | None) -> str:
    """Why nothing can be uploaded now, in a sentence; empty when it can, or is already on its way."""
    if admission.state != AdmissionState.ADMITTED:
        return f"这次就诊“{admission.get_state_display()}”，登记入院后、出院前才能上传费用"
    if epoch is not None and epoch.is_moving:
        return ""
    if epoch is not None and (epoch.state in (EpochState.WIPING, EpochState.PARTIAL, EpochState.PEOPLE)):
        return f"费用上传“{epoch.get_state_display()}”，处理完成后才能上传"
    try:
        refuse_while_moving(admission)
    except Refused as refusal:
        return refusal.sentence
    return ""


def has_changed_advices(admission: Admission) -> bool:
    return Advice.objects.filter(admission=admission, version__gt=F("uploaded_version")).exists()


def _started(admission: Admission, epoch: FeeEpoch | None, by: Member) -> FeeEpoch:
    said = {
        "is_scheduled": isinstance(by, Automatic),
        "started_by": by.user,
        "started_as": by.label[:100],
        "started_at": timezone.now(),
        "tries": 0,
        "retry_at": None,
    }
    note = "正在核对中心金额，随后分批上传"
    if epoch is not None:
        go(epoch, EpochState.STARTING, note, **said)
        return epoch
    last = FeeEpoch.objects.filter(admission=admission).order_by("-n").values_list("n", flat=True).first() or 0
    return FeeEpoch.objects.create(
        environment=admission.environment, admission=admission, n=last + 1, note=note, **said
    )


def start_check(admission: Admission, *, by: Member) -> FeeEpoch:
    """Have the centre's sums read now; a difference that a batch explains is put before a reviewer.

    Raises Refused when there is nothing to check, or when somebody else's decision is waited for.
    """
    environment_for(by)
    admission = locked(admission)
    epoch = open_epoch(admission)
    if epoch is None:
        raise Refused("这次就诊还没有上传过费用")
    if epoch.is_moving:
        epoch.joined = True
        return epoch
    if has_live_wipe(epoch):
        raise Refused("作废正在等待复核或办理，完成后会自动核对")
    record(CHECK_REQUESTED, epoch, by=by, number=admission.number)
    waiting = parked(epoch)
    if waiting is not None:
        look_soon(waiting)
        return epoch
    refuse_while_moving(admission)
    go(epoch, EpochState.CHECKING, "正在核对中心金额", tries=0, retry_at=None)
    work(epoch)
    return epoch
