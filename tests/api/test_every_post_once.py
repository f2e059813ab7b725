"""Hospital systems retry blindly: every POST of the API has one effect, though its answers are lost on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from portal.access.door import tenant_tx
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.keys import grantable_scopes
from portal.gateway.channels.services import install_channel
from tests.api.notes import make_key
from tests.api.posts import BUSINESSES
from tests.api.posts.portal import NATIONAL, NOWHERE, ONETRANS
from tests.api.retrying import POSTS, Books, World, faults_of, grown, made_ready
from tests.cast import make_institution, make_member

#: Of each business one that makes rows whenever it is called.
AT_ONCE = (
    "clearing/generations",
    "injury/fees",
    "keys",
    "reconciliation/entries",
    "settlement/cashier-charges",
    "settlement/outpatient-visits",
    "settlement/queries",
    "settlement/stays",
)


@pytest.fixture
def world(served: str, settings: Any) -> Iterator[World]:
    settings.SANDBOX_URL = settings.BRIDGE_URL = NOWHERE
    place = make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)
    people = {
        name: make_member(place, name, label, role)
        for name, label, role in (
            ("alice", "经办甲", CLERK),
            ("bob", "复核甲", REVIEWER),
            ("dora", "管理员甲", INSTITUTION_ADMIN),
        )
    }
    with tenant_tx(place.pk):
        key = make_key(people["alice"], scopes=[one.name for one in grantable_scopes()], per_minute=1_000_000)
        install_channel("national", "test", NATIONAL)
        install_channel("onetrans", "test", ONETRANS)
    headers = {"key": {"Authorization": f"Api-Key {key}"}}
    made = World(served, people["alice"], people["bob"], people["dora"], headers)
    yield made
    for line in made.lines.values():
        line.close()


def test_every_post_of_the_schema_is_walked():
    generator: Any = SchemaGenerator()
    paths = generator.get_schema(request=None, public=True)["paths"]
    assert set(POSTS) == {path for path, verbs in paths.items() if "post" in verbs}
    assert not [path for path, verbs in paths.items() if verbs.keys() & {"put", "patch", "delete"}]
    assert sorted(path for one in BUSINESSES.values() for path in one) == sorted(POSTS)
    assert len(POSTS) > 100


@pytest.mark.parametrize("business", sorted(BUSINESSES))
def test_a_call_whose_answer_was_lost_has_one_effect(world: World, business: str):
    books = Books(world.institution)
    wrong = [fault for path in BUSINESSES[business] for fault in faults_of(POSTS[path], world, books)]
    assert not wrong, "\n".join(wrong)


def test_a_caller_who_is_gone_at_once_and_comes_back_has_one_effect(world: World):
    """Both calls are on their way together, and only one of them does what a single call does."""
    books = Books(world.institution)
    for path in AT_ONCE:
        effects = []
        for is_gone in (False, False, True):  # the very first call of its kind may make more
            caller, body, key = made_ready(POSTS[f"/api/v1/{path}"], world)
            before = books.read()
            if is_gone:
                caller.lost(body, key, answered=False)
            answer = caller.send(body, key)
            assert 200 <= answer.status < 300, (path, answer.body)
            effects.append(grown(before, books.read()))
        _, single, twice = effects
        assert single, path
        assert single == twice, path
