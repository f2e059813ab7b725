"""Who and how much was uploaded, as the centre has it, laid beside our own admissions (4.15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Q, Sum

from injury.messages import FindUploaded, UploadedPeople
from injury.models import Admission, AdmissionState, Enquiry, FeeItem, FeeState, UploadedPerson
from injury.rules.approval import day
from injury.services.centre_lists import conditions, person_columns, this_month
from injury.services.enquiries import enquire, taking
from portal.access.member import Member

#: Conditions of 4.15 that leave rows of a period out: then nothing of ours can be called missing.
NARROW = ("akc190", "aac002", "aac003", "aaa027", "akc194s", "akc194e", "aae036s", "aae036e")
ZERO = Decimal(0)


def ask_uploaded(given: dict[str, Any], *, by: Member) -> Enquiry:
    """Ask which admissions the centre has; nothing given means those admitted this month. Refused names wrong items."""
    said = {name: str(value) for name, value in given.items() if value}
    if not said:
        first, last = this_month()
        said = {"akc192s": first.isoformat(), "akc192e": last.isoformat()}
    return enquire(FindUploaded, said, by=by, label=conditions(FindUploaded, said))


@taking(FindUploaded)
def take_uploaded(enquiry: Enquiry, reply: UploadedPeople) -> int:
    """Keep the rows, each with how it differs from ours, and our own that the centre did not list."""
    if enquiry.about:
        return len(reply.detailcolls.detailData)
    rows, params = reply.detailcolls.detailData, enquiry.params.reveal()
    ours = _ours(enquiry, [row.akc190 for row in rows], params)
    amounts = _uploaded_amounts(list(ours.values()))
    listed = [_row(enquiry, row, ours.get(row.akc190), amounts) for row in rows]
    seen = {row.akc190 for row in rows}
    missing = [] if any(params.get(name) for name in NARROW) else [one for key, one in ours.items() if key not in seen]
    listed += [_missing(enquiry, admission, amounts) for admission in missing if _counts(admission, params)]
    UploadedPerson.objects.bulk_create(listed)
    return len(rows)


def _ours(enquiry: Enquiry, numbers: list[str], params: dict[str, str]) -> dict[str, Admission]:
    """Our admissions with these numbers, and those of the period asked about."""
    period = Q()
    if params.get("akc192s") or params.get("akc192e"):
        period = Q(
            admitted_on__gte=params.get("akc192s") or date.min, admitted_on__lte=params.get("akc192e") or date.max
        )
    here = Admission.objects.filter(environment=enquiry.environment, state__in=AdmissionState.at_centre())
    return {one.number: one for one in here.filter(Q(number__in=numbers) | period)}


def _counts(admission: Admission, params: dict[str, str]) -> bool:
    """Whether 4.15 must list it: surely at the centre, in the period, of this province (AKA130 knows no other)."""
    if admission.is_elsewhere:
        return False
    first, last = day(params.get("akc192s", "")), day(params.get("akc192e", ""))
    surely = admission.state in (AdmissionState.ADMITTED, AdmissionState.DISCHARGED)
    return surely and (first or date.min) <= admission.admitted_on <= (last or date.max)


def _uploaded_amounts(admissions: list[Admission]) -> dict[Any, Decimal]:
    """Σ of what is uploaded, yuan, by admission."""
    rows = FeeItem.objects.filter(admission__in=admissions, state=FeeState.UPLOADED).order_by().values("admission")
    return {row["admission"]: row["sum"] for row in rows.annotate(sum=Sum("amount"))}


def _row(enquiry: Enquiry, row: Any, mine: Admission | None, amounts: dict[Any, Decimal]) -> UploadedPerson:
    ours = amounts.get(mine.pk, ZERO) if mine else None
    return UploadedPerson(
        **person_columns(enquiry, row),
        admission=mine,
        number=row.akc190[:30],
        employer_no=row.aab001[:30],
        session=row.alca18[:15],
        total=row.alc407,
        rejected=row.alc408,
        drugs=row.alc407med,
        drug_share=share(row.alc407per),
        ours=ours,
        audit=row.auditlevel[:6],
        admitted_on=day(row.akc192),
        discharged_on=day(row.akc194),
        region=row.aab301name[:100],
        visit_kind=row.aka130[:3],
        treatment=row.akc191[:3],
        diseases=row.alc029.strip(",")[:255],
        entered_at=row.aae036[:19],
        difference="；".join(_differences(row, mine, ours))[:300],
    )


def _differences(row: Any, mine: Admission | None, ours: Decimal | None) -> list[str]:
    if mine is None:
        return ["本系统没有这次就诊"]
    found = []
    if row.aac002 and row.aac002 != mine.identity.reveal():
        found.append("人员不一致")
    if row.alc407 is not None and ours is not None and row.alc407 != ours:
        found.append(f"金额相差 {row.alc407 - ours:,.2f} 元")
    if row.akc192 and day(row.akc192) != mine.admitted_on:
        found.append(f"入院日期本院为 {mine.admitted_on}")
    if mine.state == AdmissionState.DISCHARGED and day(row.akc194) != mine.discharged_on:
        found.append(f"出院日期本院为 {mine.discharged_on or '—'}")
    if mine.state == AdmissionState.ADMITTED and row.akc194:
        found.append("中心已出院，本院在院")
    return found


def _missing(enquiry: Enquiry, admission: Admission, amounts: dict[Any, Decimal]) -> UploadedPerson:
    return UploadedPerson(
        environment=enquiry.environment,
        enquiry=enquiry,
        at_centre=False,
        admission=admission,
        number=admission.number,
        person_no=admission.person_no,
        employer_no=admission.employer_no,
        identity=admission.identity.reveal(),
        identity_masked=admission.identity_masked,
        name=admission.name.reveal(),
        name_masked=admission.name_masked,
        injury_no=admission.injury_no,
        ours=amounts.get(admission.pk, ZERO),
        admitted_on=admission.admitted_on,
        discharged_on=admission.discharged_on,
        visit_kind=admission.visit_kind,
        treatment=admission.treatment,
        difference="中心没有这次就诊",
    )


def share(text: str) -> Decimal | None:
    """`12.34%` as 12.34; None for anything else."""
    try:
        found = Decimal(text.strip().rstrip("%％"))
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and abs(found) < 10_000 else None


@dataclass(frozen=True)
class Statistics:
    """Counts and sums of one answer; amounts are yuan."""

    people: int
    admissions: int
    total: Decimal
    rejected: Decimal
    drugs: Decimal
    ours: Decimal
    differing: int
    missing: int
    foreign: int
    #: By audit state: (what the centre calls it, admissions, yuan).
    by_audit: list[tuple[str, int, Decimal]]

    @property
    def drug_share(self) -> Decimal | None:
        return (self.drugs * 100 / self.total).quantize(Decimal("0.01")) if self.total else None

    @property
    def difference(self) -> Decimal:
        return self.total - self.ours


def statistics_of(enquiry: Enquiry) -> Statistics:
    """What the answer adds up to; two statements."""
    rows = UploadedPerson.objects.filter(enquiry=enquiry).order_by()
    there = Q(at_centre=True)
    sums = rows.aggregate(
        people=Count("person_no", distinct=True, filter=there),
        admissions=Count("pk", filter=there),
        total=Sum("total", filter=there, default=ZERO),
        rejected=Sum("rejected", filter=there, default=ZERO),
        drugs=Sum("drugs", filter=there, default=ZERO),
        ours=Sum("ours", default=ZERO),
        differing=Count("pk", filter=~Q(difference="")),
        missing=Count("pk", filter=Q(at_centre=False)),
        foreign=Count("pk", filter=there & Q(admission=None)),
    )
    audits = rows.filter(there).values("audit").annotate(n=Count("pk"), sum=Sum("total", default=ZERO))
    by_audit = [(row["audit"] or "未审核", row["n"], row["sum"]) for row in audits.order_by("audit")]
    return Statistics(**sums, by_audit=by_audit)
