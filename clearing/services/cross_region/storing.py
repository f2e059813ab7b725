"""Putting one page of the centre's list into rows, without losing what people decided or operations did here."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from clearing.messages.cross_region import ConfirmedRow, CrossRegionDetail
from clearing.models import CrossRegionMonth, CrossRegionRow, RowDecision, Standing
from clearing.services.cross_region.comparison import MONEY

#: Rule name of a finding: the centre changed an amount after it was decided about.
CHANGED = "changed"
TAKEN = (
    *("sequence", "region", "provider_code", "certificate", "certificate_index", "settled_at", "advance_flag"),
    *("medical_fee", "agency_paid", "flaw", "fetched_at", "gone_at"),
    *("decision", "reason", "decided_by", "decided_as", "decided_at", "changed_at", "findings"),
)
Key = tuple[str, str]


@dataclass
class Tally:
    """What a fetch met: rows, new ones, changed ones, rows listed twice in one answer; yuan."""

    count: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    repeated: int = 0
    medical_fee: Decimal = Decimal("0.00")
    agency_paid: Decimal = Decimal("0.00")
    seen: set[Key] = field(default_factory=set)


def key_of(answer: CrossRegionDetail) -> Key:
    return answer.setl_sn, answer.mdtrt_id


def store_page(month: CrossRegionMonth, answers: list[CrossRegionDetail], asked_at: datetime, tally: Tally) -> None:
    """Insert or update one page's rows; the month is locked by the caller."""
    fresh_keys = {key_of(one): one for one in answers}
    numbers = {number for number, _ in fresh_keys}
    rows = CrossRegionRow.objects.select_for_update(of=("self",)).filter(month=month, settlement_no__in=numbers)
    known = {(row.settlement_no, row.visit_no): row for row in rows}
    added: list[CrossRegionRow] = []
    changed: list[CrossRegionRow] = []
    same: list[CrossRegionRow] = []
    for answer in answers:
        key = key_of(answer)
        tally.count += 1
        tally.medical_fee += answer.medfee_sumamt
        tally.agency_paid += answer.optins_pay_sumamt
        if key in tally.seen:
            tally.repeated += 1
            continue
        tally.seen.add(key)
        row = known.get(key)
        if row is None:
            row = CrossRegionRow(month=month, settlement_no=answer.setl_sn, visit_no=answer.mdtrt_id)
            added.append(row)
        else:
            tally.changed += note_change(row, answer, asked_at)
            (same if is_same(row, answer) else changed).append(row)
        take(row, answer, asked_at, known=key in known)
    CrossRegionRow.objects.bulk_create(added)
    CrossRegionRow.objects.bulk_update(changed, TAKEN, batch_size=100)
    CrossRegionRow.objects.filter(pk__in=[row.pk for row in same]).update(fetched_at=asked_at, gone_at=None)
    tally.added += len(added)


def is_same(row: CrossRegionRow, answer: CrossRegionDetail) -> bool:
    """Whether the centre says what it said before."""
    ours = (row.sequence, row.region, row.provider_code, row.settled_at, row.advance_flag)
    theirs = (
        *(answer.seqno, answer.mdtrtarea, answer.medins_no, moment(answer.mdtrt_setl_time)),
        answer.fulamt_advpay_flag,
    )
    money = (row.medical_fee, row.agency_paid) == (answer.medfee_sumamt, answer.optins_pay_sumamt)
    return money and ours == theirs and row.certificate.reveal() == answer.certno


def take(row: CrossRegionRow, answer: CrossRegionDetail, asked_at: datetime, *, known: bool) -> None:
    """Copy what the centre says into the row; an unchanged certificate number stays sealed as it is."""
    row.sequence, row.region, row.provider_code = answer.seqno, answer.mdtrtarea, answer.medins_no
    if not known or row.certificate.reveal() != answer.certno:
        row.certificate = answer.certno
    row.settled_at = moment(answer.mdtrt_setl_time)
    row.advance_flag = answer.fulamt_advpay_flag
    row.medical_fee, row.agency_paid = answer.medfee_sumamt, answer.optins_pay_sumamt
    row.flaw = flaw_of(answer)
    row.fetched_at, row.gone_at = asked_at, None


def note_change(row: CrossRegionRow, answer: CrossRegionDetail, asked_at: datetime) -> bool:
    """Whether the centre changed an amount; what was decided about the old one no longer counts."""
    now = {"medical_fee": answer.medfee_sumamt, "agency_paid": answer.optins_pay_sumamt}
    changes = [_change(name, getattr(row, name), now[name]) for name in MONEY if getattr(row, name) != now[name]]
    if changes and (row.decision != RowDecision.UNDECIDED or row.standing != Standing.OPEN):
        row.findings = [*row.findings, *changes]
        row.changed_at = asked_at
        if row.standing == Standing.OPEN:
            row.decision, row.reason = RowDecision.UNDECIDED, ""
            row.decided_by, row.decided_as, row.decided_at = None, "", None
    return bool(changes)


def _change(name: str, before: Decimal, after: Decimal) -> dict[str, Any]:
    return {
        "rule": CHANGED,
        "title": "决定之后中心改动了金额",
        "field": MONEY[name],
        "ours": str(before),
        "theirs": str(after),
        "difference": str(after - before),
    }


def flaw_of(answer: CrossRegionDetail) -> str:
    """What keeps the row from being sent back as it came: the confirmation's own declaration says it."""
    try:
        ConfirmedRow.of(answer)
    except ValidationError as error:
        names = {item.wire: item.label for item in ConfirmedRow.items()}
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors() if one["loc"])
        return f"中心数据的{'、'.join(names.get(name, name) for name in fields)}不符合规范，无法提交确认"[:200]
    return "" if moment(answer.mdtrt_setl_time) else "中心数据的就诊结算时间不是有效的时间，无法提交确认"


def moment(text: str) -> datetime | None:
    """`yyyy-MM-dd HH:mm:ss` in Asia/Shanghai, or None when it is nothing of the kind."""
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y-%m-%d %H:%M:%S"))  # noqa: DTZ007
    except ValueError:
        return None
