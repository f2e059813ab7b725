"""The settlement sheet and the share of drugs as the sandbox's centre reckons them (4.16, 4.17)."""

from decimal import Decimal

import pytest

from injury.models import DrugReading, FeeItem, LineMatch
from injury.services.drug_share import request_share
from injury.services.refusals import Refused
from injury.services.sheets import asked, current_sheet, request_sheet
from tests.injury.discharge_desk import desk

__all__ = ["desk"]


def ask(desk, stay):
    with desk.door():
        request_sheet(desk_now(stay), by=desk.by)
    desk.run_jobs()
    with desk.door():
        return current_sheet(stay), asked(stay)


def desk_now(stay):
    return type(stay).objects.select_related("operation").get(pk=stay.pk)


def test_before_and_after_the_audit(desk):
    stay = desk.stay(lines=3)
    before, question = ask(desk, stay)
    assert question.is_answered, question.sentence
    held = desk.at_centre(stay)
    # What lies outside of the catalogue is struck out whole, and every line of the sheet is an item of ours.
    assert (before.total, before.self_paid, before.is_audited) == (
        Decimal(held["total"]),
        Decimal(held["total"]),
        False,
    )
    assert (before.line_count, before.unmatched, before.findings) == (3, 0, [])
    with desk.door():
        assert set(before.lines.values_list("match", flat=True)) == {LineMatch.ONE}
        struck = list(FeeItem.objects.filter(admission=stay).values_list("amount", "rejected", "rejected_because"))
    assert all(rejected == amount and reason == "1" for amount, rejected, reason in struck)

    desk.write(stay)
    desk.submit(stay)
    desk.settle()
    more = [{"name": "手动剔除费", "amount": "0", "rejected": "1.50", "reason": "12"}]
    desk.sandbox.act("injury", "audit", party=desk.party.app_code, akc190=stay.number, deductions=more)
    after, _ = ask(desk, stay)
    assert (after.is_audited, after.line_count) == (True, 4)
    with desk.door():
        assert after.lines.get(name="手动剔除费").match == LineMatch.CENTRE
        assert after.pk != before.pk


def test_it_waits_for_fees_that_changed(desk):
    stay = desk.stay()
    desk.charge(stay, 1, first=50, own_category="22")
    with desk.door(), pytest.raises(Refused, match="还有 1 条费用没有上传"):
        request_sheet(desk_now(stay), by=desk.by)


def test_the_centre_says_its_own_share_of_drugs(desk):
    stay = desk.stay_from_elsewhere()
    with desk.door():
        request_share(desk_now(stay), by=desk.by)
    desk.run_jobs()
    with desk.door():
        told = DrugReading.objects.get(admission=stay)
    assert told.share == 0
    assert told.total == Decimal(desk.at_centre(stay)["total"])
