"""Laying a month's rows beside our own settlements, and writing down what differs."""

from collections import defaultdict
from typing import Any

from clearing.models import Compared, CrossRegionMonth, CrossRegionRow, UploadedSettlement, UploadState
from clearing.services.cross_region.comparison import MONEY, Difference, Listed, compare
from clearing.services.cross_region.months import rows_of
from clearing.services.cross_region.storing import CHANGED

TITLES = {
    "only_there": "中心有，本机构没有这笔结算",
    "differs": "与本机构结算的金额不一致",
    "twice": "中心把同一笔结算列了两次",
}
#: A row shows the weightiest of its differences.
WEIGHT = ("only_there", "twice", "differs")
Book = dict[str, Listed]


def own_settlements(month: CrossRegionMonth) -> Book | None:
    """Our own settlements of that month by settlement number; None while we do not know them.

    The only place that knows where they come from: today the file that is in use for the month.
    """
    own = UploadedSettlement.objects.filter(upload__month=month, upload__state=UploadState.USED)
    found = own.values_list("settlement_no", "medical_fee", "agency_paid")
    book = {number: Listed(number, fee, paid) for number, fee, paid in found}
    return book or None


def compare_month(month: CrossRegionMonth) -> int:
    """Write the comparison into the rows that the centre lists; how many differ. The month is locked by the caller."""
    ours = own_settlements(month)
    rows = list(rows_of(month).filter(gone_at__isnull=True).defer("certificate", "certificate_index"))
    found: dict[str, list[Difference]] = defaultdict(list)
    if ours is not None:
        theirs = (Listed(row.settlement_no, row.medical_fee, row.agency_paid) for row in rows)
        for difference in compare(ours, theirs):
            found[difference.settlement_no].append(difference)
    by_kind: dict[str, list[CrossRegionRow]] = defaultdict(list)
    with_findings = []
    for row in rows:
        before, findings = row.compared, row.findings
        _write(row, found[row.settlement_no], known=ours is not None)
        if row.findings != findings:
            with_findings.append(row)
        elif row.compared != before:
            by_kind[row.compared].append(row)
    CrossRegionRow.objects.bulk_update(with_findings, ["compared", "findings"], batch_size=500)
    for kind, mine in by_kind.items():
        CrossRegionRow.objects.filter(pk__in=[row.pk for row in mine]).update(compared=kind)
    own = UploadedSettlement.objects.filter(upload__month=month, upload__state=UploadState.USED)
    listed = [row.settlement_no for row in rows]
    own.filter(settlement_no__in=listed, is_listed=False).update(is_listed=True)
    own.exclude(settlement_no__in=listed).filter(is_listed=True).update(is_listed=False)
    return sum(1 for row in rows if found[row.settlement_no])


def _write(row: CrossRegionRow, differences: list[Difference], *, known: bool) -> None:
    """What the centre changed after a decision stays noted."""
    rules = {one.rule for one in differences}
    kind = next((name for name in WEIGHT if name in rules), "same" if known else "not")
    row.compared = Compared(kind)
    changes = [finding for finding in row.findings if finding["rule"] == CHANGED]
    row.findings = [_finding(one) for one in differences] + changes


def _finding(one: Difference) -> dict[str, Any]:
    gap = one.theirs - one.ours if one.ours is not None and one.theirs is not None else None
    return {
        "rule": one.rule,
        "title": TITLES[one.rule],
        "field": MONEY.get(one.field, "经办机构支付总额"),
        "ours": "" if one.ours is None else str(one.ours),
        "theirs": "" if one.theirs is None else str(one.theirs),
        "difference": "" if gap is None else str(gap),
    }
