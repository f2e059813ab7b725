"""The city itself, without the wire: believable, the same for a seed, adding up but where it says it does not."""

from collections import Counter
from typing import Any

import pytest

from clearing.identities import broken_identities
from clearing.sandbox.city import Options, lines, places
from clearing.sandbox.monthly import piece
from clearing.sandbox.names import person
from clearing.sandbox.rows import BROKEN, _broken, amounts, yuan
from portal.codes import code_list

CITY = Options.of("APP0001", {}, {})


class Amounts:
    def __init__(self, values):
        self.__dict__.update(values)


@pytest.fixture(scope="module", params=["001", "002"])
def owed(request):
    return request.param, lines(CITY, "2025", request.param)


def test_it_has_institutions_of_every_kind_in_every_region():
    found = places(CITY)
    assert len(found) >= 300
    assert len({place.code for place in found}) == len({place.name for place in found}) == len(found)
    assert {place.kind for place in found} == set(code_list("clearing.medins_type").codes)
    assert {place.region for place in found} == set(code_list("clearing.insu_admdvs").codes)
    assert all(len(place.code) == 12 for place in found)


def test_it_has_every_agency_visit_and_most_categories(owed):
    found = owed[1]
    assert {line.qsjg00 for line in found} == set(code_list("clearing.qsjg00").codes)
    assert {line.akc191 for line in found} == set(code_list("clearing.akc191").codes)
    assert len({line.clr_type for line in found}) >= 10
    assert {line.region for line in found} == set(code_list("clearing.insu_admdvs").codes)
    keys = Counter((line.place.code, line.qsjg00, line.akc191, line.clr_type) for line in found)
    assert max(keys.values()) == 1


def test_it_adds_up_except_for_the_broken_rows(owed):
    insurance, found = owed
    spoilt = _broken(CITY, "2025", insurance, found)
    assert sorted(spoilt.values()) == sorted(BROKEN)
    for position, line in enumerate(found):
        row: Any = Amounts(amounts(line, spoilt.get(position, "")))
        broken = broken_identities(row, monthly_due=yuan(sum(line.due)))
        assert len(broken) == (1 if position in spoilt else 0), (position, broken)


def test_it_can_be_without_broken_rows():
    options = Options.of("APP0001", {}, {"broken_rows": 0})
    assert _broken(options, "2025", "001", lines(options, "2025", "001")) == {}


def test_it_is_the_same_for_a_seed_and_differs_otherwise():
    again = Options.of("ANOTHER", {}, {"seed": "APP0001"})
    assert lines(again, "2025", "001") == lines(CITY, "2025", "001")
    other = Options.of("ANOTHER", {}, {})
    assert lines(other, "2025", "001") != lines(CITY, "2025", "001")
    assert lines(CITY, "2024", "001") != lines(CITY, "2025", "001")


def test_it_holds_the_partys_own_institution():
    own = {"code": "H14020000001", "name": "演示医院", "kind": "hospital", "region": "140213", "maternity": True}
    first = places(Options.of("APP0001", own, {}))[0]
    assert (first.code, first.name, first.kind, first.maternity) == ("H14020000001", "演示医院", "hospital", True)


@pytest.mark.parametrize(("total", "count"), [(1, 1), (7, 7), (100, 7), (1_234_567, 89), (10**10 + 1, 2400)])
def test_it_shares_an_amount_out_exactly(total, count):
    parts = [piece(total, count, n) for n in range(count)]
    assert sum(parts) == total
    assert min(parts) >= (1 if total >= 2 * count else 0)


def test_its_people_were_never_issued_a_number():
    names = {person(number) for number in range(500)}
    assert all(certno.startswith("990000") and len(certno) == 18 for _, certno in names)
