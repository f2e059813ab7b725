"""Where an admission's discharge stands: what its draft lacks, and which step is possible now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from injury.models import (
    Admission,
    AdmissionState,
    Discharge,
    FeeItem,
    FeeState,
    Material,
    MaterialState,
)
from injury.rules.discharge import (
    PLAN,
    REHABILITATION,
    Facts,
    Kept,
    Obstacle,
    head_obstacles,
    hints,
    invoice_obstacles,
    obstacles,
    record_obstacles,
)
from injury.services.discharge_drafts import draft_of
from injury.services.standing import FeeStanding, fee_standing
from injury.services.steps import today

#: Fee items that the centre has, or may have.
THERE = (FeeState.FROZEN, FeeState.UPLOADED, FeeState.DOUBTFUL)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DischargeStanding:
    """For the admission's page and for the guided path. An obstacle is why that step is not possible now, in a
    sentence; empty means possible. `missing` is what the editor still lacks."""

    discharge: Discharge | None
    facts: Facts = field(repr=False)
    missing: tuple[str, ...]
    hints: tuple[str, ...]
    edit_obstacle: str
    submit_obstacle: str
    undo_obstacle: str
    material_obstacle: str
    invoices: int
    materials: int
    materials_open: int
    lacks_plan: bool
    note: str


def facts_of(admission: Admission, discharge: Discharge | None, fees: FeeStanding | None = None) -> Facts:
    """What the rules judge by; inside the door."""
    standing = fees or fee_standing(admission)
    there = FeeItem.objects.filter(admission=admission, state__in=THERE)
    return Facts(
        flow=admission.flow,
        is_inpatient=admission.is_inpatient,
        treatment=admission.treatment,
        admitted_on=admission.admitted_on,
        today=today(),
        state=state_obstacle(admission),
        gate=standing.gate,
        fee_count=standing.uploaded,
        fee_total=standing.centre if standing.centre is not None else standing.ours,
        last_prescribed_on=last_prescribed_on(admission),
        categories=frozenset(_charged(there)),
        discharged_on=discharge.discharged_on if discharge else None,
        reason=discharge.reason if discharge else "",
        diagnosis_code=discharge.diagnosis_code if discharge else "",
        diagnosis=discharge.diagnosis if discharge else "",
        days=discharge.days if discharge else None,
        records=_records(discharge),
        files=tuple(discharge.invoices.values_list("kind", "amount", "size")) if discharge else (),
    )


def _charged(there: QuerySet[FeeItem]) -> list[str]:
    sums = there.exclude(category="").order_by().values("category").annotate(sum=Sum("amount"))
    return [row["category"] for row in sums if row["sum"] > 0]


def last_prescribed_on(admission: Admission) -> date | None:
    """The last day of a prescription that is at the centre and was not wholly refunded (110016)."""
    refunded = Coalesce(Sum("refunded_by__amount", filter=Q(refunded_by__state__in=THERE)), ZERO)
    charged = FeeItem.objects.filter(admission=admission, state__in=THERE, amount__gt=0)
    left = charged.annotate(left=F("amount") + refunded).filter(left__gt=0)
    found: date | None = left.aggregate(last=Max("prescribed_on"))["last"]
    return found


def _records(discharge: Discharge | None) -> dict[str, Kept]:
    if discharge is None:
        return {}
    rows = discharge.records.order_by().values("node").annotate(count=Count("pk"), faults=Sum("faults"))
    return {row["node"]: Kept(row["count"], row["faults"]) for row in rows}


def state_obstacle(admission: Admission) -> str:
    """Why the admission's own state does not let it be discharged; empty when it does."""
    if admission.state == AdmissionState.ADMITTED:
        busy = admission.operation is not None and admission.operation.is_live
        return f"这次就诊{admission.shown_state}，有结果后再办理" if busy else ""
    if admission.state in (AdmissionState.DRAFT, AdmissionState.REGISTERING):
        return "入院登记成功后才能办理出院"
    return f"这次就诊{admission.shown_state}"


def discharge_standing(admission: Admission, fees: FeeStanding | None = None) -> DischargeStanding:
    """The whole of it, for one admission; inside the door. Pass `fees` when they were read already."""
    discharge = draft_of(admission)
    facts = facts_of(admission, discharge, fees)
    counts = Material.objects.filter(admission=admission).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=~Q(state=MaterialState.ACCEPTED)),
        plans=Count("pk", filter=Q(kind=PLAN, state=MaterialState.ACCEPTED)),
        moving=Count("pk", filter=Q(state=MaterialState.SENDING)),
    )
    kinds = [kind for kind, _, _ in facts.files]
    kinds += Material.objects.filter(admission=admission, state=MaterialState.ACCEPTED).values_list("kind", flat=True)
    found = obstacles(facts)
    missing = head_obstacles(facts) + record_obstacles(facts) + invoice_obstacles(facts)
    closed = (AdmissionState.DRAFT, AdmissionState.REGISTERING, AdmissionState.ADMITTED)
    return DischargeStanding(
        discharge=discharge,
        facts=facts,
        missing=tuple(one.sentence for one in missing),
        hints=tuple(hints(facts, kinds)),
        edit_obstacle="" if admission.state in closed else f"这次就诊{admission.shown_state}",
        submit_obstacle=_first(found),
        undo_obstacle=undo_obstacle(admission, discharge, moving=counts["moving"]),
        material_obstacle=material_obstacle(admission, discharge),
        invoices=len(facts.files),
        materials=counts["all"],
        materials_open=counts["open"],
        lacks_plan=admission.treatment == REHABILITATION and not counts["plans"] and PLAN not in kinds,
        note=discharge.note if discharge else "",
    )


def _first(found: list[Obstacle]) -> str:
    if not found:
        return ""
    rest = f"（另有 {len(found) - 1} 处）" if len(found) > 1 else ""
    return f"{found[0].sentence}{rest}"


def undo_obstacle(admission: Admission, discharge: Discharge | None, *, moving: int | None = None) -> str:
    """Why the discharge cannot be taken back now (4.14, 4.27); empty when it can."""
    if admission.state != AdmissionState.DISCHARGED:
        return "出院后才能撤销" if admission.state != AdmissionState.RETURNING else "正在撤销出院"
    if discharge is not None and discharge.audited_at:
        return "经办机构已完成费用审核，不能撤销出院，请联系经办机构"
    if moving is None:
        moving = Material.objects.filter(admission=admission, state=MaterialState.SENDING).count()
    return f"有 {moving} 份材料正在上传，有结果后才能撤销出院" if moving else ""


def material_obstacle(admission: Admission, discharge: Discharge | None) -> str:
    """Why no material can be uploaded now (4.18): after discharge and before it was audited; empty when it can."""
    if admission.state != AdmissionState.DISCHARGED:
        return "办理出院后才能上传材料"
    if discharge is not None and discharge.audited_at:
        return "经办机构已完成费用审核，不能再上传材料"
    return ""
