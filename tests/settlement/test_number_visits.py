"""Own numbers: two people in the same second may draw the same one, and neither of them is troubled with it."""

import pytest

from portal.access.door import tenant_tx
from settlement.models import VisitKind
from settlement.services import numbers, visits
from settlement.services.refusals import Refused
from settlement.services.visits import Patient, begin_visit

PATIENT = Patient("4401000000000001", "甲", "990101199001010000", "310", "440100", "02")


@pytest.fixture
def begin(alice_member):
    with tenant_tx(alice_member.institution_id):

        def begin(number=""):
            return begin_visit(PATIENT, VisitKind.PHARMACY, by=alice_member, med_type="41", number=number).number

        yield begin


def test_a_drawn_number_that_is_taken_is_drawn_again(begin, monkeypatch):
    draws = iter(["YD1", "YD1", "YD1", "YD2"])
    monkeypatch.setattr(visits, "drawn", lambda prefix: next(draws))
    assert [begin(), begin()] == ["YD1", "YD2"]


def test_a_given_number_that_is_taken_is_refused(begin):
    assert begin("HIS-1") == "HIS-1"
    with pytest.raises(Refused, match="HIS-1 已经有了"):
        begin("HIS-1")


def test_it_does_not_draw_for_ever(begin, monkeypatch):
    monkeypatch.setattr(numbers, "DRAWS", 3)
    monkeypatch.setattr(visits, "drawn", lambda prefix: "YD1")
    begin()
    with pytest.raises(Refused, match="YD1 已经有了"):
        begin()
