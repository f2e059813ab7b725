"""Taking a registration back (4.9 with everything that was uploaded, 4.23 only without fees)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from injury.actions import UNDO_DONE, UNDO_REJECTED, UNDO_REQUESTED
from injury.messages import Ack, UndoCrossProvinceRegistration, UndoRegistration
from injury.models import Admission, AdmissionState, Advice, FeeItem, FeeState
from injury.services.presence import Presence, presence
from injury.services.refusals import Refused
from injury.services.standing import fee_standing
from injury.services.steps import locked, move, moved_by, needs_second, opened, refuse_while_moving
from injury.services.uploading.epochs import end_with_admission
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome

LABELS = {"items": "一并撤销的费用（条）", "amount": "一并撤销的费用（元）", "advices": "一并撤销的医嘱（条）"}
TAKEN_BACK = "入院登记已撤销，费用随之作废"


@dataclass(frozen=True)
class TakenAlong:
    """What the centre deletes together with the registration."""

    items: int
    amount: Decimal
    advices: int

    @property
    def sentence(self) -> str:
        if not (self.items or self.advices):
            return "没有已上传的费用和医嘱"
        return f"已上传的费用 {self.items:,} 条、{self.amount:,.2f} 元，医嘱 {self.advices:,} 条一并撤销"

    @property
    def expected(self) -> dict[str, object]:
        return {"items": self.items, "amount": f"{self.amount:.2f}", "advices": self.advices}


def taken_along(admission: Admission) -> TakenAlong:
    """The fees and advices of this admission that are at the centre."""
    items = FeeItem.objects.filter(admission=admission, state=FeeState.UPLOADED)
    advices = Advice.objects.filter(admission=admission, uploaded_version__gt=0)
    return TakenAlong(items.count(), items.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), advices.count())


def undo_obstacle(admission: Admission) -> str:
    """Why the registration cannot be taken back now, in a sentence; empty when it can."""
    if admission.state == AdmissionState.DISCHARGED:
        return "已经办理出院，请先撤销出院"
    if admission.state != AdmissionState.ADMITTED:
        return f"这次就诊{admission.shown_state}，没有可撤销的入院登记"
    standing = fee_standing(admission)
    if standing.doubtful:
        return f"有 {standing.doubtful:,} 条费用的上传结果待确认，确认后再撤销登记"
    if standing.under_way or (standing.epoch is not None and standing.epoch.is_moving):
        return "费用正在上传，完成后再撤销登记"
    if admission.is_elsewhere and not standing.is_known_empty:
        return "异地就医有已上传的费用时不能撤销登记，请先作废已上传的费用（4.25）"
    return ""


def undo_registration(admission: Admission, *, by: Member) -> Operation:
    """Take the registration back; with four eyes a reviewer lets it go. A second call returns the running operation.

    What is deleted with it stands in the operation's title and totals. Raises Refused with the obstacle.
    """
    admission = locked(admission)
    if admission.state == AdmissionState.UNDOING and admission.operation:
        return admission.operation
    refuse_while_moving(admission)
    if obstacle := undo_obstacle(admission):
        raise Refused(obstacle)
    along = taken_along(admission)
    operation = opened(
        _request(admission),
        key=admission.number,
        by=by,
        title=f"撤销入院登记：{admission.number}，{admission.name_masked}；{along.sentence}"[:200],
        needs_second=needs_second(by),
        expected=along.expected,
        subject=admission,
    )
    move(admission, AdmissionState.UNDOING, operation)
    record(UNDO_REQUESTED, admission, by=by, number=admission.number, what=along.sentence)
    return operation


def _request(admission: Admission) -> UndoRegistration | UndoCrossProvinceRegistration:
    if admission.is_elsewhere:
        return UndoCrossProvinceRegistration(akc190=admission.number, alc011=admission.injury_no[:30] or None)
    return UndoRegistration(akc190=admission.number, alca02=admission.injury_no[:30] or None)


@outcome(UndoRegistration, UndoCrossProvinceRegistration)
class Undoing(Handler):
    """The centre let the admission go with its fees, or holds it still."""

    four_eyes = True
    labels = LABELS
    consequence = "复核通过后立即在工伤中心撤销登记，已上传的费用和医嘱一并删除；病人已离院时可能无法重新登记"

    def approvable(self, operation: Operation) -> str:
        admission = Admission.objects.filter(operation=operation).first()
        if admission is None:
            return ""
        now = {name: str(value) for name, value in taken_along(admission).expected.items()}
        return "" if now == operation.expected else "提交之后又上传了费用或医嘱"

    def applied(self, operation: Operation, reply: Ack | None) -> None:
        admission = moved_by(operation)
        if admission is None:
            return  # found in the spool after a restore: people decide
        move(admission, AdmissionState.UNDONE, None, undone_at=timezone.now())
        FeeItem.objects.filter(admission=admission).exclude(state=FeeState.DROPPED).update(
            state=FeeState.DROPPED, held_because=TAKEN_BACK
        )
        Advice.objects.filter(admission=admission).update(uploaded_version=0)
        end_with_admission(admission)
        record(UNDO_DONE, admission, by=None, number=admission.number)

    def rejected(self, operation: Operation) -> None:
        admission = moved_by(operation)
        if admission is None:
            return
        move(admission, AdmissionState.ADMITTED, None, note=f"撤销登记未成功：{operation.message}")
        record(UNDO_REJECTED, admission, by=None, number=admission.number, reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            admission = Admission.objects.filter(operation=operation).first()
        if admission is None:
            return StillUnknown("没有对应的就诊记录，须人工处理", for_people=True)
        found = presence(admission, ask)
        if found.state == Presence.ABSENT:
            return Applied(Ack(code="0"), found.told)
        if found.state == Presence.HERE:
            return NotApplied(found.told)
        return StillUnknown(found.told, for_people=True)
