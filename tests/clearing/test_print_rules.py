"""The table of clearing manual 9.5: each of its rows, and what it does not name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.rules import ASK, KINDS, PAPERS, RULES, UNLISTED, Facts, due, of_agency
from portal.codes import code_list

D, X, M, P = PAPERS
flag = st.booleans()
every = st.builds(Facts, st.sampled_from([*KINDS, "other"]), flag, flag, flag, flag)


@pytest.mark.parametrize(
    ("place", "kinds", "flags", "papers"),
    [
        (1, ("pharmacy", "clinic", "village"), (False, False, False), (P,)),
        (2, ("hospital", "clinic"), (True, False, False), (D,)),
        (3, ("hospital", "clinic"), (True, True, False), (D, X)),
        (4, ("hospital", "clinic"), (True, False, True), (D, M)),
        (5, ("hospital", "clinic"), (True, True, True), (D, X, M)),
    ],
)
def test_it_answers_by_the_row_of_the_table(place, kinds, flags, papers):
    for kind in kinds:
        answer = due(Facts(kind, *flags))
        assert (answer.rule.place, answer.papers, answer.is_guess) == (place, papers, False)
        assert RULES[place - 1] is answer.rule


@pytest.mark.parametrize(
    ("facts", "papers"),
    [
        (Facts("hospital", True), ()),
        (Facts("hospital", True, True, True), (X, M)),
        (Facts("clinic"), (P,)),
        (Facts("village"), (P,)),
    ],
)
def test_it_needs_no_disbursement_table_where_heads_are_paid(facts, papers):
    answer = due(replace(facts, per_capita=True))
    assert (answer.rule.place, answer.papers) == (6, papers)
    assert "无需核拨表" in answer.why
    assert [label for _, label in code_list("clearing.per_capita_regions").choices()] == ["灵丘县", "阳高县"]


def test_it_says_only_to_primary_care_whatever_else_it_does():
    """The first row asks about 慢病住院 alone and says "only"."""
    assert due(Facts("pharmacy", cross_region=True)).papers == (P,)


@pytest.mark.parametrize(
    ("facts", "papers"),
    [
        (Facts("pharmacy", True), (D, P)),
        (Facts("pharmacy", True, True), (D, X, P)),
        (Facts("village", True), (D, P)),
        (Facts("hospital"), (D,)),
        (Facts("hospital", False, True, True), (D, X, M)),
        (Facts("other", True), (D,)),
    ],
)
def test_it_guesses_openly_what_the_table_does_not_name(facts, papers):
    answer = due(facts)
    assert (answer.rule, answer.papers, answer.is_guess) == (UNLISTED, papers, True)
    assert ASK in answer.why
    assert facts.words in answer.why
    assert due(replace(facts, per_capita=True)).is_guess


@given(every)
def test_it_gives_exactly_one_rule_for_everything(facts):
    answer = due(facts)
    giving = [rule for rule in RULES if not rule.takes_away and rule.holds(facts)]
    assert len(giving) <= 1
    assert answer.rule in (*RULES, UNLISTED)
    assert answer.is_guess == (not giving)
    assert answer.papers == tuple(paper for paper in PAPERS if paper in answer.papers)
    assert (D in answer.papers) <= (not facts.per_capita)
    assert answer.why


def test_it_leaves_deposits_of_other_regions_to_their_own_table():
    assert of_agency((D, M, P), "002") == (D,)
    assert of_agency((D, X, M), "") == of_agency((D, X, M), "003") == (D, X, M)
