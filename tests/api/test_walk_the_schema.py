"""Whatever is sent to any operation of the API: no 5xx, nothing but what the schema says, nobody let in by mistake."""

import logging
from collections.abc import Iterator

import pytest

from portal.access.permissions import USE_PORTAL
from portal.access.services.keys import grantable_scopes
from tests.api.retrying import POSTS, World, made_ready
from tests.api.walking import EVERYTHING, PHASES, Caller, operations, schema, turn_of, walk
from tests.contracts.test_access import addresses
from tests.contracts.test_api_manners import schema_path

NAMES = ("key", "bob", "dora")


@pytest.fixture
def lived_in(world: World) -> World:
    """A hospital that did everything once, so that lists have rows and actions something to act on."""
    for one in POSTS.values():
        caller, body, key = made_ready(one, world)
        answer = caller.send(body, key)
        assert 200 <= answer.status < 300, (one.path, answer)
    return world


@pytest.fixture(autouse=True)
def unwritten(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals are meant to be: writing and keeping a line about each takes time and memory."""
    caplog.set_level(logging.ERROR, logger="django.request")


def callers(world: World) -> Iterator[Caller]:
    """A hospital system, and programs with the sessions of a reviewer and of an administrator.

    Each signs in when it begins to walk: a session ends after five idle minutes.
    """
    takes = {operation: turn_of(operation, may) for operation, may in let_in(world).items()}
    for name in NAMES:
        mine = frozenset(operation for operation, who in takes.items() if who == name)
        if name != "key":
            world.headers.pop(name, None)
        yield Caller(name, world.shown_by(name), mine)


def let_in(world: World) -> dict[str, list[str]]:
    """Whom of the callers each operation lets in, by the gates of the views."""
    scopes = {USE_PORTAL.name, *(one.name for one in grantable_scopes())}
    may = {"key": scopes.__contains__, "bob": world.bob.may, "dora": world.dora.may}
    gates = {f"{one.method} /{schema_path(one.route)}": one.gate.permission for one in addresses() if one.is_api}
    known = {operation: gates[operation] for operation in operations()}
    return {operation: [who for who in NAMES if one is None or may[who](one.name)] for operation, one in known.items()}


def test_every_operation_wants_to_know_who_calls():
    """What does not say so would not be tried without a key."""
    calls = [(verb, path, call) for path, verbs in schema()["paths"].items() for verb, call in verbs.items()]
    assert [(verb, path) for verb, path, call in calls if call["security"] != [{"apiKey": []}, {"session": []}]] == []


def test_it_keeps_what_its_schema_says(lived_in: World):
    walks = {caller.name: walk(lived_in.url, caller) for caller in callers(lived_in)}
    faults = [f"{name}: {text}" for name, one in walks.items() for text in one.faults.items()]
    assert not faults, "\n\n".join(map(str, faults))
    for name, one in walks.items():
        assert set(one.calls) == set(PHASES), f"{name} was in every phase"
        assert len(one.succeeded) > 25, f"{name} was let in"
        assert "fuzzing" not in PHASES or set(one.calls["fuzzing"]) == set(operations()), f"{name} called everything"
    if "coverage" in PHASES:
        assert set().union(*(one.calls["coverage"] for one in walks.values())) == set(operations())
    answered = set().union(*(one.statuses for one in walks.values()))
    assert {200, 401, 403, 404, 422} <= answered, answered
    assert len(set().union(*(one.succeeded for one in walks.values()))) > 60, "most of what reads has something to show"
    assert EVERYTHING or sum(sum(one.statuses.values()) for one in walks.values()) < 3000, "small in the gate"
