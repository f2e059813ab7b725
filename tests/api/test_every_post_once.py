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
from tests.api.retrying import POSTS, Books, World, faults_of
from tests.api.test_walk_the_schema import CSRF
from tests.cast import make_institution, make_member, signed_in

#: POSTs that are not walked. Why each need not be:
LEFT_OUT: dict[str, str] = {}


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
    for name, member in people.items():
        session = signed_in(member).cookies["sessionid"].value
        headers[name] = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
    made = World(served, people["alice"], people["bob"], people["dora"], headers)
    yield made
    for line in made.lines.values():
        line.close()


def schema_posts() -> set[str]:
    generator: Any = SchemaGenerator()
    paths = generator.get_schema(request=None, public=True)["paths"]
    return {path for path, verbs in paths.items() if "post" in verbs}


def test_every_post_of_the_schema_is_walked():
    assert set(POSTS) | set(LEFT_OUT) == schema_posts()
    assert not set(POSTS) & set(LEFT_OUT)
    assert sorted(path for one in BUSINESSES.values() for path in one) == sorted(POSTS)
    assert len(POSTS) > 100


@pytest.mark.parametrize("business", sorted(BUSINESSES))
def test_a_call_whose_answer_was_lost_has_one_effect(world: World, business: str):
    books = Books(world.institution)
    wrong = [fault for path in BUSINESSES[business] for fault in faults_of(POSTS[path], world, books)]
    assert not wrong, "\n".join(wrong)
