"""Putting one page of the centre's answer into rows, without losing what people or running operations did here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from clearing import messages as wire
from clearing.identities import broken_identities
from clearing.models import ChangeKind, ClearingRow, Generation, RowChange, RowState
from clearing.models.row import COMPARED
from clearing.services.history import Before, lines_of, note, write

#: Field of ours: name on the wire.
WIRE = {
    "provider_code": "medins_code",
    "provider_name": "medins_name",
    "provider_type": "medins_type",
    "region": "insu_admdvs",
    "visit_type": "akc191",
    "clearing_type": "clr_type",
    "visit_count": "visit_count",
    "medical_fee": "medfee_sumamt",
    "fund_due": "fund_due_amt",
    "monthly_paid": "monthly_paid_amt",
    "deposit": "deposit_amt",
    "deduction": "deduct_amt",
    "score": "assess_score",
    "deposit_refund": "deposit_refund_amt",
    "disburse": "disburse_amt",
}
YES = "001"
#: Rule name of a finding: the centre changed a figure after the row was verified here.
CHANGED = "changed_after_verification"
BY_OTHERS = "其他程序（医保中心记录）"


@dataclass
class Tally:
    """What fetching changed: new rows, rows with other figures, rows that the centre no longer has."""

    count: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    #: What the centre said there is, on the last page.
    total: int = 0


#: Σ of the monthly amounts due by agency, provider, region, visit type and clearing type.
Months = dict[tuple[str, str, str, str, str], Decimal]


def store_page(
    generation: Generation, rows: Iterable[wire.ClearingRow], *, asked_at: datetime, months: Months, tally: Tally
) -> list[str]:
    """Insert or update one page's rows; the row ids it held.

    `asked_at` is when the page was asked for: a state that an operation of ours set later stays.
    """
    answers = {row.row_id: row for row in rows}
    known = {
        row.row_id: row
        for row in ClearingRow.objects.select_for_update().filter(
            environment=generation.environment, row_id__in=answers
        )
    }
    held = {row.pk: _facts(row) for row in known.values()}
    fresh: list[ClearingRow] = []
    lines: list[RowChange] = []
    for row_id, answer in answers.items():
        tally.count += 1
        row = known.get(row_id)
        before = Before.of(row) if row else None
        if row is None:
            row = ClearingRow(environment=generation.environment, row_id=row_id, year=generation.year)
            _take(row, answer, generation, asked_at, months)
            fresh.append(row)
            tally.added += 1
        elif _take(row, answer, generation, asked_at, months):
            tally.changed += 1
        lines += lines_of(row, before, by_others=BY_OTHERS)
    ClearingRow.objects.bulk_create(fresh, batch_size=500)
    _save(known.values(), held, generation, asked_at)
    write(lines)
    return list(answers)


UPDATED = [
    *COMPARED,
    *(
        "monthly_due",
        "year",
        "insurance",
        "agency",
        "state",
        "generation",
        "application",
        "fetched_at",
        "findings",
        "finding_count",
    ),
    *(
        "accepted_by",
        "accepted_reason",
        "accepted_at",
        "accepted_four_eyes",
        "verified_by",
        "verified_as",
        "verified_at",
    ),
]


#: Attributes that tell whether a row must be written as a whole; every fetch touches the two others.
FACTS = [
    str(getattr(ClearingRow._meta.get_field(name), "attname", name))
    for name in UPDATED
    if name not in ("fetched_at", "generation")
]


def _facts(row: ClearingRow) -> list[Any]:
    return [getattr(row, name) for name in FACTS]


def _save(rows: Iterable[ClearingRow], held: dict[Any, list[Any]], generation: Generation, asked_at: datetime) -> None:
    """Write the rows that changed as a whole; of the others only that they were met again."""
    changed = [row for row in rows if held[row.pk] != _facts(row)]
    ClearingRow.objects.bulk_update(changed, UPDATED, batch_size=200)
    quiet = held.keys() - {row.pk for row in changed}
    ClearingRow.objects.filter(pk__in=quiet).update(fetched_at=asked_at, generation=generation)


def _take(
    row: ClearingRow, answer: wire.ClearingRow, generation: Generation, asked_at: datetime, months: Months
) -> bool:
    """Copy the answer into the row; whether any figure of a known row changed."""
    known = row.fetched_at is not None
    before = row.amounts() if known else {}
    for name, wire_name in WIRE.items():
        setattr(row, name, getattr(answer, wire_name))
    row.insurance, row.agency = answer.aka080, answer.qsjg00
    row.fetched_at = asked_at
    row.monthly_due = months.get((row.agency, row.provider_code, row.region, row.visit_type, row.clearing_type))
    changed = known and before != row.amounts()
    _take_state(row, answer, asked_at)
    _take_findings(row, answer, before if changed else {})
    row.generation = generation
    return changed


def _take_state(row: ClearingRow, answer: wire.ClearingRow, asked_at: datetime) -> None:
    """The centre's state, unless an operation of ours is deciding it or decided it after the question."""
    if row.operation_id or (row.state_at and row.state_at > asked_at):
        return
    there = (
        RowState.APPLIED if answer.qssqzt == YES else RowState.VERIFIED if answer.hdzt00 == YES else RowState.GENERATED
    )
    if there == RowState.APPLIED and row.state == RowState.APPROVED:
        return
    if there != RowState.APPLIED:
        row.application = None
    if row.state != there and there == RowState.GENERATED:
        row.verified_by, row.verified_as, row.verified_at = None, "", None
    if row.state in (RowState.GENERATED, RowState.REVOKED) and there in (RowState.VERIFIED, RowState.APPLIED):
        row.verified_by, row.verified_as, row.verified_at = None, BY_OTHERS, asked_at
    row.state = there


def _take_findings(row: ClearingRow, answer: wire.ClearingRow, before: dict[str, Any]) -> None:
    """Broken identities of the new figures. An acceptance holds only for the findings it was given for."""
    broken = broken_identities(answer, monthly_due=row.monthly_due, region=row.region)
    findings = [finding.as_json() for finding in broken]
    if row.state in (RowState.VERIFIED, RowState.APPLIED, RowState.APPROVED):
        earlier = [finding for finding in row.findings if finding["rule"] == CHANGED]
        findings += earlier + (_changes(row, before) if before else [])
    if findings != row.findings:
        row.accepted_by, row.accepted_reason, row.accepted_at, row.accepted_four_eyes = None, "", None, False
    row.findings, row.finding_count = findings, len(findings)


def _changes(row: ClearingRow, before: dict[str, Any]) -> list[dict[str, str]]:
    """Figures that the centre changed after the row was verified here."""
    now = row.amounts()
    return [
        {
            "rule": CHANGED,
            "title": "核对之后中心改动了数据",
            "field": str(getattr(ClearingRow._meta.get_field(name), "verbose_name", name)),
            "ours": str(before[name]),
            "theirs": str(now[name]),
            "difference": str(now[name] - before[name])
            if hasattr(now[name], "quantize") and before[name] is not None
            else "",
        }
        for name in COMPARED
        if before[name] != now[name]
    ]


def mark_gone(generation: Generation, started_at: datetime) -> int:
    """Rows of the generation's scope that a complete fetch did not meet are no longer at the centre."""
    missing = ClearingRow.objects.filter(
        Q(state_at__isnull=True) | Q(state_at__lt=started_at),
        **generation.scope.fields(),
        fetched_at__lt=started_at,
        operation__isnull=True,
    ).exclude(state=RowState.REVOKED)
    keys = list(missing.values_list("pk", flat=True))
    note(keys, ChangeKind.GONE, who=BY_OTHERS, after=str(RowState.REVOKED.label))
    return ClearingRow.objects.filter(pk__in=keys).update(state=RowState.REVOKED)
