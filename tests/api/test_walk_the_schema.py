"""Whatever is sent to any operation of the API: no 5xx, nothing but what the schema says, nobody let in by mistake."""

import pytest

from portal.access.door import tenant_tx
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.keys import grantable_scopes
from tests.api.notes import make_key
from tests.api.walking import EVERYTHING, Walk, walk
from tests.cast import make_institution, make_member, signed_in

CSRF = "a" * 32


@pytest.fixture
def callers(served: str) -> list[tuple[str, dict[str, str]]]:
    """A hospital system, and programs with the sessions of a reviewer and of an administrator."""
    place = make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)
    clerk = make_member(place, "alice", "经办甲", CLERK)
    with tenant_tx(place.pk):
        key = make_key(clerk, scopes=[one.name for one in grantable_scopes()], per_minute=1_000_000)
    found = [("key", {"Authorization": f"Api-Key {key}"})]
    for name, role in (("bob", REVIEWER), ("dora", INSTITUTION_ADMIN)):
        session = signed_in(make_member(place, name, name, role)).cookies["sessionid"].value
        found.append((name, {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}))
    return found


def test_it_keeps_what_its_schema_says(callers: list[tuple[str, dict[str, str]]], served: str):
    walks: list[Walk] = []
    for part, (name, headers) in enumerate(callers):
        walks.append(walk(served, headers, part=part, parts=len(callers), by_key=name == "key"))
    faults = [f"{name}: {text}" for one in walks for name, text in sorted(one.faults.items())]
    assert not faults, "\n\n".join(faults)
    operations = set[str]().union(*(one.operations for one in walks))
    answered = set().union(*(one.statuses for one in walks))
    assert len(operations) > 150, "every operation was called"
    assert {200, 401, 403, 404, 422} <= answered, answered
    assert EVERYTHING or sum(sum(one.statuses.values()) for one in walks) < 1500, "small in the gate"
