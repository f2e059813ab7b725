"""Two small ledgers over several days: what each day's run found is what its two books differ by."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db.models import Sum

from portal.ledger.facts import Span
from portal.ledger.reading import entries_between
from reconciliation.models import Difference, DifferenceState, Outcome, Run, RunState, Sighting
from reconciliation.papers import statement
from reconciliation.services.comparing import File, compare_files
from reconciliation.services.ending import refresh
from reconciliation.services.narrowing import narrow
from reconciliation.services.result_files import read_result
from reconciliation.services.storing import Covered
from reconciliation.services.their_sums import sums_of_files
from tests.reconciliation.test_compare_books import AGREES, DAY, entry, ours, packed, row, run_of, unknown

NEXT = DAY + timedelta(days=1)
#: Number and amount of a settlement, by day. The centre has B a day later, C a day earlier, and F dearer.
OURS = {DAY: {"A": "10.00", "B": "20.00"}, NEXT: {"C": "30.00", "D": "40.00", "E": "50.00", "F": "60.00"}}
THEIRS = {DAY: {"A": "10.00", "C": "30.00"}, NEXT: {"B": "20.00", "D": "40.00", "F": "61.00"}}


@pytest.fixture
def books(in_hospital_a):
    for day, settled in OURS.items():
        ours(*(entry(number, total, day=day) for number, total in settled.items()))
    ours(entry("G", "70.00", day=NEXT, setl_id="", standing="pending"))


def reconciled(day):
    """The day's file as 3202 makes it: what both have, what only the centre has, what it has not."""
    mine, other = OURS[day], THEIRS[day] | ({"G": "70.00"} if day == NEXT else {})
    lines = [row(one, total, "0" if mine.get(one) == total else "1") for one, total in other.items()]
    lines += [unknown(one) for one in mine if one not in other]
    run = run_of(day)
    Run.objects.filter(pk=run.pk).update(ours_count=len(mine), ours_total=total_of(mine), state=RunState.DIFFERENT)
    run.refresh_from_db()
    entries = entries_between(Span("test", run.begin, run.end), family="national")
    left = narrow(entries, lambda: read_result(packed(*lines)), agreeing=AGREES)
    files = [File(Covered("11", "140200", run.begin, run.end), left)]
    compare_files(run, files)
    refresh(run)
    return run, sums_of_files(run, files)


def total_of(settled):
    return sum(map(Decimal, settled.values()))


def gap_of(run):
    return Sighting.objects.filter(run=run, round=run.round).aggregate(sum=Sum("total_gap"))["sum"]


@pytest.mark.parametrize("order", [*permutations([DAY, NEXT]), (DAY, NEXT, DAY), (NEXT, DAY, NEXT)])
def test_a_run_adds_up_whatever_the_neighbouring_day_says(books, alice_member, order):
    for day in order:
        reconciled(day)
    for day, told in ((DAY, Decimal("40.00")), (NEXT, Decimal("191.00"))):
        run = run_of(day)
        gap = total_of(OURS[day]) - told
        assert gap_of(run) == gap
        paper = statement.gather(run, by=alice_member)
        assert paper.gap == gap == sum(one.total_gap for one in paper.rows)
        assert all((one.ours_total or 0) - (one.theirs_total or 0) == one.total_gap for one in paper.rows)
    kinds = dict(Difference.objects.values_list("number", "kind"))
    assert kinds == {"B": "over_midnight", "C": "over_midnight", "E": "only_ours", "F": "amount", "G": "pending"}
    late = Difference.objects.filter(kind="over_midnight")
    assert {one.total_gap for one in late} == {Decimal(0)}, "of both days together nothing is missing"
    first = {one.number: one.total_gap for one in statement.gather(run_of(DAY), by=alice_member).rows}
    assert first == {"B": Decimal("20.00"), "C": Decimal("-30.00")}


def test_the_centres_side_is_told_where_its_file_tells_all_of_it(books, monkeypatch):
    run, sums = reconciled(NEXT)
    assert (sums.count, sums.total, sums.fund) == (4, Decimal("191.00"), Decimal("191.00"))
    assert run.ours_total - sums.total == gap_of(run)
    monkeypatch.setitem(THEIRS, NEXT, {"F": "61.00"})
    assert reconciled(NEXT)[1].total == Decimal("131.00"), "a line that only repeats ours is none of the centre's"
    Run.objects.update(ours_count=9)
    run.refresh_from_db()
    assert sums_of_files(run, []) is None


def test_what_was_accepted_over_midnight_is_no_other_difference_when_one_day_is_looked_at_again(books):
    for day in (DAY, NEXT):
        reconciled(day)
    mine = Difference.objects.filter(kind="over_midnight")
    mine.update(state=DifferenceState.DONE, outcome=Outcome.ACCEPTED, done_at=mine[0].found_at)
    run, _ = reconciled(DAY)
    assert (Difference.objects.filter(number="B").count(), run.open_differences, run.differences) == (1, 0, 2)
    mine.update(outcome=Outcome.GONE)
    run, _ = reconciled(DAY)
    assert run.open_differences == 2, "what was gone and is there again is found again"
