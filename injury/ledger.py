"""What work injury publishes to the book of settled money: one entry for each admission that was discharged.

Its amount is what was uploaded, which is what the centre settles by (4.12); what the fund pays and what the worker
pays himself are known once there is a settlement sheet (4.16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Q, Sum

from injury.messages.gateway import INJURY
from injury.models import Admission, AdmissionState, Discharge, DischargeState, FeeItem, FeeState, SettlementSheet
from injury.services import centre_book  # noqa: F401  registers itself
from injury.services.discharge import undo_discharge
from injury.services.discharge_drafts import draft_of
from injury.services.discharge_standing import undo_obstacle
from portal.gateway.journal import State, approve
from portal.gateway.journal.states import DOUBTFUL
from portal.ledger.facts import ZERO, EntryFacts, Source, Span, Standing
from portal.ledger.registry import Case, Done, NotPossible, book, remedy
from portal.ledger.remedies import NOBODY, adopt_doubtful, doubt_obstacle, resend_doubtful

SOURCE = str(Source.INJURY)
PAGE = "injury:admission-detail"
PIECE = 500
CENT = Decimal("0.01")
TOLD = (DischargeState.LEAVING, DischargeState.DONE, DischargeState.RETURNING)


@book(SOURCE)
def entries(span: Span, numbers: Collection[str] | None = None) -> Iterator[EntryFacts]:
    """Admissions by when the centre took their discharge; one on its way by when that was sent."""
    rows = Discharge.objects.filter(environment=span.environment, state__in=TOLD)
    rows = rows.exclude(admission__state=AdmissionState.UNDONE).select_related("admission", "operation")
    rows = rows.defer("operation__request", "operation__reply").order_by("pk")
    if numbers is not None:
        rows = rows.filter(admission__number__in=numbers)
    else:
        done = Q(discharged_at__gte=span.begins_at, discharged_at__lt=span.ends_at)
        sent = Q(discharged_at=None, submitted_at__gte=span.begins_at, submitted_at__lt=span.ends_at)
        rows = rows.filter(done | sent)
    each = rows.iterator(chunk_size=PIECE)
    while piece := list(islice(each, PIECE)):
        yield from _told(piece)


def _told(piece: Sequence[Discharge]) -> Iterator[EntryFacts]:
    admissions = [one.admission_id for one in piece]
    fees = FeeItem.objects.filter(admission__in=admissions, state=FeeState.UPLOADED).order_by().values("admission")
    totals = {row["admission"]: row["sum"] for row in fees.annotate(sum=Sum("amount"))}
    current = SettlementSheet.objects.filter(admission__in=admissions, is_current=True).defer("content", "findings")
    sheets = {one.admission_id: one for one in current}
    for one in piece:
        yield _facts(one, one.admission, totals.get(one.admission_id, ZERO), sheets.get(one.admission_id))


def _facts(one: Discharge, admission: Admission, total: Decimal, sheet: SettlementSheet | None) -> EntryFacts:
    at: Any = one.discharged_at or one.submitted_at
    return EntryFacts(
        family=INJURY.name,
        number=admission.number,
        settled_at=at,
        total=total.quantize(CENT),
        fund=sheet.fund_paid.quantize(CENT) if sheet else ZERO,
        cash=sheet.self_paid.quantize(CENT) if sheet else ZERO,
        standing=_standing(one),
        setl_id=admission.number,
        person_no=admission.person_no,
        person=admission.name_masked,
        about=admission.number,
        page=PAGE,
        page_key=str(admission.pk),
        operation=one.operation_id,
    )


def _standing(one: Discharge) -> str:
    if one.operation is not None and one.operation.state in DOUBTFUL:
        return Standing.DOUBTFUL
    return Standing.PENDING if one.state == DischargeState.LEAVING else Standing.SETTLED


# --- what can be done about a difference

remedy(SOURCE, "adopt", "采用工伤中心的结果", moves_money=True, obstacle=doubt_obstacle)(adopt_doubtful)
remedy(SOURCE, "resend", "重新发送", moves_money=True, obstacle=doubt_obstacle)(resend_doubtful)


def _admission(case: Case) -> Admission | None:
    key = case.entry.page_key if case.entry is not None else ""
    return Admission.objects.filter(pk=key).first() if key else None


def reverse_obstacle(case: Case) -> str:
    """Why the discharge cannot be taken back now, in a sentence; empty when it can."""
    admission = _admission(case)
    return NOBODY if admission is None else undo_obstacle(admission, draft_of(admission))


@remedy(SOURCE, "reverse", "撤销出院", moves_money=True, obstacle=reverse_obstacle)
def reverse(case: Case) -> Done:
    """Take the discharge back, so that fees can be put right and settled anew."""
    admission = _admission(case)
    if admission is None or case.by is None:
        raise NotPossible(NOBODY)
    begun = undo_discharge(admission, by=case.by)
    if begun.state == State.DRAFT and case.approved_by is not None:
        approve(begun, by=case.approved_by)
    return Done(f"{begun.title}：{begun.sentence}", begun)
