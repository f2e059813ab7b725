"""Taking in what the centre answered: amounts, funds, lines, and which identities do not hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils import timezone

from portal.audit import record
from portal.gateway.journal import Operation
from settlement.actions import SETTLED, SETTLED_BROKEN
from settlement.models import FeeLine, FundShare, Settlement, SettlementState, Visit
from settlement.rules.amounts import ZERO, differences, findings
from settlement.services.settling.answers import Answer, Cut

#: Nobody could read what the centre answered: it has happened, and its amounts are asked for (5203).
UNREAD = {
    "name": "answer",
    "label": "没有读到结算金额",
    "expected": "",
    "found": "",
    "sentence": "医保中心已结算，但没有读到金额：请取回结算信息",
}


def arrive(settlement: Settlement, found: Answer | None, operation: Operation | None) -> None:
    """Store a settlement that has happened, marked when an identity does not hold. `settlement.visit` is locked."""
    if found is None or not found.setl_id:
        settlement.findings, settlement.state = [UNREAD], SettlementState.BROKEN
        settlement.settled_at = settlement.settled_at or timezone.now()
        settlement.save()
        record(SETTLED_BROKEN, settlement, by=None, number=settlement.number, what=UNREAD["sentence"])
        return
    keep_amounts(settlement, found)
    if found.cuts:
        keep_cuts(settlement, found.cuts)
    settlement.setl_id = found.setl_id[:30]
    settlement.msgid = found.msgid[:64] or last_msgid(operation)
    settlement.settled_at = found.settled_at or timezone.now()
    settlement.reply = json.loads(json.dumps(found.raw, default=str, ensure_ascii=False))
    broken = findings(
        found.figures,
        [share.amount for share in found.shares],
        settlement.charged,
        names_hospital=found.names_hospital,
    )
    settlement.findings = [one.stored() for one in broken]
    settlement.differs = differences(settlement.shown, found.figures)[:400]
    settlement.state, settlement.note = (SettlementState.BROKEN if broken else SettlementState.DONE), ""
    settlement.save()
    record(
        SETTLED,
        settlement,
        by=None,
        number=settlement.number,
        setl_id=settlement.setl_id,
        total=f"{settlement.total:.2f}",
    )
    if broken:
        what = "；".join(one.sentence for one in broken)
        record(SETTLED_BROKEN, settlement, by=None, number=settlement.number, what=what)


def last_msgid(operation: Operation | None) -> str:
    """The message that was sent last: the one that won when the centre does not say."""
    if operation is None:
        return ""
    found = operation.attempt_rows.filter(n=operation.attempts).values_list("msgid", flat=True).first()
    return found or ""


def keep_amounts(settlement: Settlement, found: Answer) -> None:
    """The centre's amounts and fund rows, in place of the preview's; the row is saved by the caller."""
    for name, value in found.figures.values().items():
        setattr(settlement, name, value)
    if not found.names_hospital and found.figures.total is not None:
        settlement.hospital = max(
            found.figures.total - (found.figures.fund or ZERO) - (found.figures.person or ZERO), ZERO
        )
    settlement.clr_type, settlement.clr_way = found.clr_type[:6], found.clr_way[:6]
    settlement.clr_optins = found.clr_optins[:20]
    FundShare.objects.filter(settlement=settlement).delete()
    FundShare.objects.bulk_create(
        FundShare(
            environment=settlement.environment,
            settlement=settlement,
            fund_type=share.fund_type[:8],
            name=share.name[:200],
            amount=share.amount,
            in_scope=share.in_scope,
            limit=share.limit,
            info=share.info[:4000],
        )
        for share in found.shares
    )


CUT_FIELDS = ("grade", "price_limit", "selfpay_share", "fully_own", "over_limit", "prepaid_own", "in_scope", "remark")


def keep_cuts(settlement: Settlement, cuts: Sequence[Cut]) -> None:
    """What the centre made of each line, where it says so."""
    keep_line_cuts(settlement.visit, cuts)


def keep_line_cuts(visit: Visit, cuts: Sequence[Cut]) -> None:
    """The same when lines are uploaded before anything is settled (2204, 2301)."""
    by_number = {cut.number: cut for cut in cuts}
    if not by_number:
        return
    lines = list(FeeLine.objects.filter(visit=visit, number__in=by_number).only("pk", "number"))
    for line in lines:
        cut = by_number[line.number]
        for name in CUT_FIELDS:
            value = getattr(cut, name)
            setattr(line, name, value[:500] if name == "remark" else value[:3] if name == "grade" else value)
    FeeLine.objects.bulk_update(lines, CUT_FIELDS, batch_size=500)
