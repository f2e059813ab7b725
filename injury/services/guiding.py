"""Where an admission stands on its guided path: gathers what the rules need, with a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from injury.models import Admission, AdmissionState, Flow, SettlementSheet
from injury.rules.path import Situation, Step, guided_path, next_step
from injury.services.discharge_standing import DischargeStanding, discharge_standing
from injury.services.drafts import open_faults
from injury.services.findings import has_report
from injury.services.standing import FeeStanding, fee_standing


@dataclass(frozen=True)
class Guidance:
    """The path of one admission, and what it was judged by."""

    steps: list[Step]
    next: Step | None
    fees: FeeStanding
    discharge: DischargeStanding | None


def guidance(admission: Admission) -> Guidance:
    """All steps with their progress and reasons; inside the door."""
    fees = fee_standing(admission)
    discharge = discharge_standing(admission) if admission.state in AdmissionState.at_centre() else None
    steps = guided_path(situation(admission, fees, discharge))
    return Guidance(steps, next_step(steps), fees, discharge)


def situation(admission: Admission, fees: FeeStanding, discharge: DischargeStanding | None) -> Situation:
    """The admission as the path's rules see it."""
    is_draft, moving = admission.state == AdmissionState.DRAFT, admission.operation
    epoch = fees.epoch
    return Situation(
        flow=admission.flow,
        state=admission.state,
        moving=f"{admission.get_state_display()}（{moving.sentence}）" if moving is not None and moving.is_live else "",
        is_doubtful=admission.is_doubtful,
        is_asked=admission.enquiry_id is not None or admission.covered_until is not None,
        has_report=admission.flow == Flow.NEW and has_report(admission),
        has_treatment=bool(admission.treatment_no if admission.flow == Flow.OLD else admission.injury_no),
        draft_faults=len(open_faults(admission)) if is_draft else 0,
        refused_because=admission.note if is_draft else "",
        waiting=fees.waiting,
        held=fees.held,
        under_way=fees.under_way or (1 if epoch is not None and epoch.is_moving else 0),
        doubtful=fees.doubtful,
        uploaded=fees.uploaded,
        is_equal=fees.is_equal,
        gate=fees.gate,
        discharge_missing=len(discharge.missing) if discharge else 0,
        discharge_obstacle=discharge.submit_obstacle if discharge else "",
        materials=discharge.materials if discharge else 0,
        has_sheet=admission.state == AdmissionState.DISCHARGED and _is_sheet_after_discharge(admission),
    )


def _is_sheet_after_discharge(admission: Admission) -> bool:
    """A sheet from before the discharge lacks its day, its diagnosis and the meals (4.16)."""
    current = SettlementSheet.objects.filter(admission=admission, is_current=True)
    return current.exclude(admission__discharges__discharged_at__gt=F("read_at")).exists()
