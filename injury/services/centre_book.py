"""What the work-injury centre shows of discharged admissions: sums (4.12), uploaded people (4.15), sheets (4.16)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from injury.messages import ApproveFees, FetchSheet, FindUploaded
from injury.messages.gateway import INJURY
from injury.messages.sheets import Uploaded
from injury.models import Admission, AdmissionState
from injury.services.reading_sums import settlement_number
from portal.gateway.errors import Rejected
from portal.gateway.journal import Ask
from portal.ledger.centre import Asking, CentreFacts, centre_book
from portal.ledger.facts import Span, Standing
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between
from portal.vault import mask_name

#: 没有符合条件的上传人员 (4.15); 不在中心 (4.16).
NOBODY, NO_SHEET = "230003", "240002"
#: Not in the way any more: 已出院, 已审核 (4.12).
LEFT = ("91004", "91005")
CENT = Decimal("0.01")


@centre_book(INJURY.name)
def theirs(span: Span, asking: Asking) -> Iterator[CentreFacts]:
    """Every admission of our book, one by one; then what the centre lists as discharged in these days beside them."""
    with asking.door():
        entries = list(entries_between(span, family=INJURY.name).order_by("settled_at", "pk"))
        here = Admission.objects.filter(environment=span.environment, number__in=[one.number for one in entries])
        admissions = {one.number: one for one in here.exclude(state=AdmissionState.UNDONE)}
    for entry in entries:
        admission = admissions.get(entry.number)
        if admission is not None:
            yield _shown(entry, admission, asking.ask)
    listed = _listed(span, asking.ask)
    with asking.door():
        known = set(
            Admission.objects.filter(
                environment=span.environment,
                number__in=[one.akc190 for one in listed],
                state__in=AdmissionState.at_centre(),
            ).values_list("number", flat=True)
        )
    yield from (_unknown(one) for one in listed if one.akc190 not in known)


def _shown(entry: Entry, admission: Admission, ask: Ask) -> CentreFacts:
    """The settlement sheet of an admission; of one whose discharge is not sure, first whether it is still there."""
    if entry.standing != Standing.SETTLED and not _has_left(admission, ask):
        return CentreFacts(INJURY.name, entry.number, is_missing=True, told="中心仍为在院（4.12）")
    try:
        sheet = ask(FetchSheet(akc190=admission.number, rolltype=admission.roll)).kc21dto  # type: ignore[arg-type]
    except Rejected as refusal:
        if refusal.code != NO_SHEET:
            raise
        return CentreFacts(INJURY.name, entry.number, is_missing=True, told="中心没有这次就诊（4.16）")
    if not sheet.akc194:
        return CentreFacts(INJURY.name, entry.number, is_missing=True, told="中心仍为在院（4.16）")
    is_known = bool(entry.fund or entry.cash)  # our book has a sheet to lay beside it
    return CentreFacts(
        INJURY.name,
        entry.number,
        total=_cents(sheet.alc407sum),
        fund=_cents(sheet.jjin) if is_known else None,
        cash=_cents(sheet.alc408sum) if is_known else None,
        told="结算单（4.16）",
    )


def _has_left(admission: Admission, ask: Ask) -> bool:
    """4.12 answers, or says that there is nothing to add up, only until discharge."""
    try:
        ask(
            ApproveFees(
                akc190=admission.number,
                aaca07=settlement_number(admission),
                rolltype=admission.roll,  # type: ignore[arg-type]
            )
        )
    except Rejected as refusal:
        return refusal.code in LEFT
    return False


def _listed(span: Span, ask: Ask) -> list[Uploaded]:
    try:
        asked = FindUploaded(akc194s=span.begin.isoformat(), akc194e=span.last_day.isoformat())
        return ask(asked).detailcolls.detailData
    except Rejected as refusal:
        if refusal.code != NOBODY:
            raise
        return []


def _unknown(row: Uploaded) -> CentreFacts:
    """An admission that the centre has and we do not."""
    return CentreFacts(
        INJURY.name, row.akc190, total=_cents(row.alc407), person=mask_name(row.aac003), told="上传人员明细（4.15）"
    )


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(CENT)
