"""Hospital systems retry blindly: every POST of the API has one effect, though its answers are lost on the way."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.api.posts import BUSINESSES
from tests.api.retrying import POSTS, Books, World, faults_of, grown, made_ready

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


def test_another_number_of_the_hospital_is_another_business(world: World):
    """What a program may mean by another key: the same again is refused with what runs, its own number is heard."""
    root = "/api/v1/settlement/"
    own = {"his_order_no": "A"}, {"his_order_no": "B"}
    for path, first, other in (
        ("recharges/{recharge_id}/refunds", *own),
        ("recharges", *own),
        ("outpatient-visits", {}, {"doctor_code": "D2", "doctor_name": "又样例"}),
        ("outpatient-visits", {}, {"number": "MZ-2"}),
        ("stays", {}, {"number": "ZY-2"}),
    ):
        caller, body, key = made_ready(POSTS[root + path], world)
        begun = caller.send({**body, **first}, key)
        again, another = (caller.send({**body, **said}, f"{key}-{place}") for place, said in enumerate((first, other)))
        assert (begun.status, again.status, another.status) == (202, 409, 202), (path, again.body, another.body)
        assert again.body["operation"] == begun.headers["location"] != another.headers["location"], path
        if "refunds" in path:  # 100 were paid, and two refunds of 20 are under way
            more = caller.send({**body, "his_order_no": "C", "amount": "60.01"}, f"{key}-more")
            known = {begun.headers["location"], another.headers["location"]}
            assert (more.status, more.body["operation"] in known) == (409, True), more.body
            assert more.body["errors"][0]["pointer"] == "/amount"
