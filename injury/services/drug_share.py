"""The share of drugs of those in rehabilitation: ours at any time, the centre's when asked (4.17)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from injury.actions import DRUG_LIMIT_SET
from injury.messages import DrugShare, FetchDrugShare
from injury.models import Admission, AdmissionState, DrugLimit, DrugReading, Enquiry, FeeItem, FeeState
from injury.models.sheet import REHABILITATION
from injury.rules.drug_share import Level, Limits, level, read_share, room, share_of
from injury.rules.totals import ZERO
from injury.services.enquiries import enquire, taking
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.audit import record

DRUG = "0"


@dataclass(frozen=True, slots=True)
class DrugStanding:
    """One admission: `total` and `drugs` as charged here (what will not be uploaded left out), yuan; `share` percent.

    `reading` is the centre's own figure when it was asked; `left` is how many yuan of drugs fit below the limit.
    """

    total: Decimal
    drugs: Decimal
    share: Decimal | None
    level: Level
    left: Decimal | None
    reading: DrugReading | None


def limits_of(environment: str) -> Limits | None:
    """The institution's limit; None when nobody set one."""
    row = DrugLimit.objects.filter(environment=environment).first()
    return Limits(row.warn_at, row.limit) if row else None


def set_limits(limit: Decimal, warn_at: Decimal, *, environment: str, by: Member) -> None:
    """Set or change the limit. Raises Refused for percentages that make no sense."""
    for value, name in ((limit, "limit"), (warn_at, "warn_at")):
        try:
            usable = Decimal(0) < value <= Decimal(100) and value == value.quantize(Decimal("0.01"))
        except InvalidOperation:
            usable = False
        if not usable:
            raise Refused("应为 0 到 100 之间的数，最多两位小数", field=name)
    if warn_at > limit:
        raise Refused("提醒线不能高于上限", field="warn_at")
    DrugLimit.objects.update_or_create(
        environment=environment, defaults={"limit": limit, "warn_at": warn_at, "changed_as": by.label[:100]}
    )
    record(DRUG_LIMIT_SET, None, by=by, limit=f"{limit:f}", warn=f"{warn_at:f}")


def in_rehabilitation(environment: str) -> Q:
    """Conditions on admissions that the limit is about: rehabilitation, at the centre, not yet discharged."""
    return Q(
        environment=environment,
        treatment=REHABILITATION,
        state__in=(AdmissionState.ADMITTED, AdmissionState.LEAVING, AdmissionState.REGISTERING),
    )


def drug_standings(admissions: list[Admission], limits: Limits | None) -> dict[UUID, DrugStanding]:
    """How many stand, with two statements whatever their number."""
    keys = [admission.pk for admission in admissions]
    rows = FeeItem.objects.filter(admission__in=keys).exclude(state=FeeState.DROPPED).order_by().values("admission")
    sums = {
        row["admission"]: (row["total"], row["drugs"])
        for row in rows.annotate(
            total=Sum("amount", default=ZERO), drugs=Sum("amount", filter=Q(kind=DRUG), default=ZERO)
        )
    }
    readings = {reading.admission_id: reading for reading in DrugReading.objects.filter(admission__in=keys)}
    return {key: _standing(*sums.get(key, (ZERO, ZERO)), limits, readings.get(key)) for key in keys}


def _standing(total: Decimal, drugs: Decimal, limits: Limits | None, reading: DrugReading | None) -> DrugStanding:
    share = share_of(drugs, total)
    left = room(drugs, total, limits) if limits else None
    return DrugStanding(total, drugs, share, level(share, limits), left, reading)


def request_share(admission: Admission, *, by: Member) -> Enquiry:
    """Ask the centre for its figure. Raises Refused when the admission is no rehabilitation."""
    if admission.treatment != REHABILITATION:
        raise Refused("只有康复治疗有药占比")
    return enquire(FetchDrugShare, {"akc190": admission.number}, by=by, about=admission, label=admission.number)


@taking(FetchDrugShare)
def take_share(enquiry: Enquiry, reply: DrugShare) -> int:
    """Keep the centre's figure in the place of the one before."""
    number = enquiry.params.reveal()["akc190"]
    admission = (
        Admission.objects.filter(environment=enquiry.environment, number=number)
        .exclude(state=AdmissionState.UNDONE)
        .first()
    )
    if admission is None:
        return 0
    DrugReading.objects.update_or_create(
        admission=admission,
        defaults={
            "environment": enquiry.environment,
            "total": reply.alc407sum or ZERO,
            "drugs": reply.alc407med or ZERO,
            "share": read_share(reply.alc407per),
            "read_at": enquiry.answered_at or timezone.now(),
        },
    )
    return 1
