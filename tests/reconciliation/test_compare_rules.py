"""What the rules find in two small ledgers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.models import DifferenceKind, Proposal
from reconciliation.rules import AMOUNTS, Gap, Line, gap_between, sum_of
from tests.reconciliation.ledgers import DAY, at, found_in, kinds, ledger

ZERO = Decimal("0.00")


def test_two_equal_books_have_no_difference():
    assert kinds(ledger("A:100/60", "B:50/50", "B:-50"), ledger("B:50/50", "A:100/60", "B:-50")) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "kind", "proposal", "gap"),
    [
        (["A:100/60"], [], "only_ours", "resend", "100.00"),
        ([], ["A:100/60"], "only_theirs", "adopt", "-100.00"),
        (["A:100/60"], ["A echo"], "only_ours", "resend", "100.00"),
        (["A:100/60"], ["A:101/61"], "amount", "adopt", "-1.00"),
        (["A:100/60"], ["A:100/60 differs"], "amount", "accept", "0.00"),
        (["A:100/60"], ["A no-sums differs"], "amount", "accept", "0.00"),
        (["A:100", "A:-100"], ["A:100"], "refund_one_side", "resend", "-100.00"),
        (["A:100"], ["A:100", "A:-100"], "refund_one_side", "adopt", "100.00"),
        (["A:100"], ["A:100", "A:100"], "twice", "reverse", "-100.00"),
        (["A:100"], ["A:100 no-id", "A:100 no-id"], "twice", "reverse", "-100.00"),
        (["A:100", "A:100"], ["A:100"], "twice", "adopt", "100.00"),
        (["A:100 pending"], [], "pending", "wait", "0.00"),
        (["A:100 pending"], ["A:100"], "pending", "wait", "-100.00"),
        (["A:100 doubtful"], ["A:100"], "doubtful", "adopt", "-100.00"),
        (["A:100 doubtful"], ["A:90"], "doubtful", "reverse", "-90.00"),
        (["A:100 doubtful"], [], "doubtful", "resend", "0.00"),
        (["A:100 yesterday"], ["A:100"], "over_midnight", "accept", "-100.00"),
        (["A:100 @23:55:00"], [], "over_midnight", "wait", "100.00"),
        (["A:100 @00:00:00"], [], "over_midnight", "wait", "100.00"),
        (["A:100 @23:50:00"], [], "over_midnight", "wait", "100.00"),
        (["A:100 @00:09:59"], [], "over_midnight", "wait", "100.00"),
        (["A:100 @00:10:00"], [], "only_ours", "resend", "100.00"),
        (["A:100 @23:49:59"], [], "only_ours", "resend", "100.00"),
        (["A:100 scope"], ["A:100"], "other_scope", "accept", "-100.00"),
        ([], ["A echo"], "unreadable", "accept", "0.00"),
    ],
)
def test_each_kind_is_named(ours, theirs, kind, proposal, gap):
    (found,) = found_in(ledger(*ours), ledger(*theirs))
    assert (found.kind, found.proposal, found.gap.total) == (kind, proposal, Decimal(gap))


def test_every_kind_has_been_seen():
    marks = next(mark for mark in test_each_kind_is_named.pytestmark if mark.name == "parametrize")
    assert {case[2] for case in marks.args[1]} == set(DifferenceKind.values)


def test_an_amount_says_which_field_both_values_and_the_difference():
    (found,) = found_in(ledger("A:100/60"), ledger("A:100/55.5"))
    assert found.fields[0] == ("fund", "基金支付", "60.00", "55.50", Decimal("4.50"))
    assert found.gap == Gap(ZERO, Decimal("4.50"), ZERO)


def test_a_settlement_doubled_for_a_visit_is_told_from_one_that_is_only_unknown():
    twin = ledger("B:100/60", sibling="2026-0007")
    (found,) = found_in([], twin)
    assert (found.kind, found.proposal) == (DifferenceKind.TWICE, Proposal.REVERSE)
    assert "2026-0007" in found.note


@pytest.mark.parametrize(
    "day", [date(2026, 12, 31), date(2024, 2, 28), date(2024, 2, 29), date(2026, 2, 28), date(2026, 3, 29)]
)
def test_the_last_and_first_minutes_of_a_day_belong_to_it_in_shanghai(day):
    late = [Line(setl_id="S1", total=Decimal(1), settled_at=at(day, "23:59:59"), day=day)]
    early = [Line(setl_id="S2", total=Decimal(1), settled_at=at(day, "00:00:01"), day=day)]
    noon = [Line(setl_id="S3", total=Decimal(1), settled_at=at(day, "12:00:00"), day=day)]
    assert kinds([*late, *early, *noon], [], day) == ["over_midnight", "over_midnight", "only_ours"]
    tomorrow = day + timedelta(days=1)
    assert kinds(late, [], tomorrow) == ["only_ours"]  # its last second is not the first of the next


# --- what holds for any two books

NAMES = st.integers(0, 9)
YUAN = st.decimals(0, 999, places=2).map(lambda amount: amount.quantize(Decimal("0.01")))


@st.composite
def books(draw):
    """Two books, made from the same settlements: some left out, changed, doubled, doubtful or repaid on a side."""
    made = draw(st.lists(st.tuples(NAMES, YUAN, YUAN, st.booleans()), max_size=8, unique_by=lambda one: one[0]))
    return [_side(draw, made) for _ in range(2)]


def _side(draw, made):
    lines = []
    for name, total, fund, is_refund in made:
        sign = -1 if is_refund else 1
        change = draw(st.sampled_from(["", "", "", "out", "more", "twice", "pending", "doubtful", "other id", "no id"]))
        if change == "out":
            continue
        total, fund = sign * total, sign * (fund + 1 if change == "more" else fund)
        setl_id = {"other id": f"T{name}", "no id": "", "doubtful": ""}.get(change, f"S{name}")
        standing = change if change in ("pending", "doubtful") else "settled"
        line = Line(
            setl_id=setl_id, msgid=f"M{name}", total=total, fund=fund, account=ZERO, is_refund=is_refund,
            standing=standing, settled_at=at(DAY), day=DAY,
        )  # fmt: skip
        lines += [line] * (2 if change == "twice" else 1)
    return draw(st.permutations(lines))


MIRRORED = {"only_ours": "only_theirs", "only_theirs": "only_ours"}


def sketch(found, *, is_mirrored=False):
    """What was found, comparable: kind, both sides' lines and the gap; mirrored as the other side sees it."""
    rows = []
    for one in found:
        sides = [sorted(map(str, lines)) for lines in (one.ours, one.theirs)]
        gap = tuple(-amount if is_mirrored else amount for amount in one.gap)
        kind = MIRRORED.get(str(one.kind), str(one.kind)) if is_mirrored else str(one.kind)
        rows.append((kind, *(reversed(sides) if is_mirrored else sides), tuple(map(str, (a + ZERO for a in gap)))))
    return sorted(rows)


@settings(max_examples=60, deadline=None)
@given(books())
def test_swapping_the_sides_mirrors_what_is_found(both):
    ours, theirs = both
    assert sketch(found_in(theirs, ours)) == sketch(found_in(ours, theirs), is_mirrored=True)


@settings(max_examples=40, deadline=None)
@given(books())
def test_what_is_found_adds_up_to_the_difference_of_the_sums(both):
    ours, theirs = both
    found = found_in(ours, theirs)
    for name in Gap._fields:
        assert sum((getattr(one.gap, name) for one in found), ZERO) == sum_of(ours, name) - sum_of(theirs, name)
    assert gap_between(ours, theirs) == Gap(*(sum_of(ours, name) - sum_of(theirs, name) for name in Gap._fields))


@settings(max_examples=40, deadline=None)
@given(books())
def test_a_book_agrees_with_itself_but_for_what_is_open_or_doubled(both):
    ours, _ = both
    assert {str(one.kind) for one in found_in(ours, ours)} <= {"pending", "doubtful", "twice"}
    sound = [one for one in ours if one.standing == "settled" and ours.count(one) == 1]
    assert found_in(sound, sound) == []


@settings(max_examples=40, deadline=None)
@given(books())
def test_no_line_is_lost_or_explained_twice(both):
    ours, theirs = both
    found = found_in(ours, theirs)
    told = [id(line) for one in found for line in (*one.ours, *one.theirs)]
    quiet = [one for one in ours if id(one) not in told]
    for line in quiet:  # whatever no difference names has its like on the other side
        assert any(all(getattr(line, name) == getattr(one, name) for name in AMOUNTS) for one in theirs)
