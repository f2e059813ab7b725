"""Every address has a gate, and the gate does what it says: role × address, read off the resolver."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from portal.access.gate import Gate
from portal.access.member import Member
from portal.access.permissions import PLATFORM_ADMIN, declared_permissions
from tests.cast import make_person, signed_in

#: Addresses whose view carries no gate, with the reason.
WITHOUT_GATE: dict[str, str] = {}
#: Addresses left out of the role × address matrix, with the reason.
NOT_IN_MATRIX = {
    "admin": "a model's page asks for one permission to look and another to change: tests/web walks the site",
    "web:readyz": "answers 503 while no worker runs, to everybody",
}
#: Addresses that lead to the sign-in page by themselves, with the reason.
LEADS_TO_SIGN_IN = {
    "access:sign-in-code": "without a password given first there is nothing to confirm",
    "access:sign-out": "that is where one is afterwards",
    "admin:login": "the admin site has no sign-in of its own",
}
SIGN_IN = "/sign-in/"
DUMMIES = {
    "uuid": "00000000-0000-7000-8000-000000000000",
    "int": "999999999",
    "slug": "none",
    "str": "none",
    "path": "none",
}


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    method: str
    gate: Gate

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")

    def url(self, **ids: str) -> str:
        """With ids that belong to nobody unless given."""
        plain = re.sub(r"<(?:(\w+):)?\w+>", lambda m: ids.get(m[1] or "str", DUMMIES[m[1] or "str"]), self.route)
        return "/" + re.sub(r"[\^$]|\\Z|\(\?P<\w+>.*?\)", "", plain)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def walk(patterns: Any, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, route and view of every address."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join(filter(None, [namespace, pattern.name or pattern.lookup_str]))
            yield name, route, pattern.callback


def gates_of(view: Any) -> list[Gate]:
    if gates := getattr(view, "gates", None):
        return list(gates.values())
    gate = getattr(view, "gate", None) or getattr(getattr(view, "model_admin", None), "gate", None)
    return [gate] if gate else []


def addresses() -> list[Address]:
    return [
        Address(name, route, method, gate)
        for name, route, view in walk(get_resolver().url_patterns)
        for gate in gates_of(view)
        for method in gate.methods
    ]


def in_matrix(address: Address) -> bool:
    return not address.is_admin and address.name not in NOT_IN_MATRIX


def send(client: Client, address: Address, **ids: str) -> Any:
    headers = {"Idempotency-Key": uuid4().hex} if address.is_api else {}
    if address.is_api and address.method != "GET":
        return client.generic(address.method, address.url(**ids), b"{}", "application/json", headers=headers)
    return client.generic(address.method, address.url(**ids), headers=headers)


def sent_away(answer: Any) -> bool:
    return answer.status_code == 401 or answer.get("Location", "").startswith(SIGN_IN)


def test_it_finds_a_gate_before_every_view():
    names = {name for name, _, view in walk(get_resolver().url_patterns) if not gates_of(view)}
    assert names - WITHOUT_GATE.keys() == set(), "put a gate before it, or say here why it has none"
    assert WITHOUT_GATE.keys() - names == set(), "stale exemption"


def test_it_has_no_stale_exemption_from_the_matrix():
    names = {address.name for address in addresses()}
    heads = {name.partition(":")[0] for name in names}
    assert {name for name in NOT_IN_MATRIX.keys() | LEADS_TO_SIGN_IN.keys() if name not in names | heads} == set()


def test_it_says_why_wherever_no_permission_is_asked():
    bare = [a.name for a in addresses() if a.gate.permission is None and not a.gate.reason]
    assert bare == []


def test_it_uses_every_declared_permission_somewhere_or_has_it_for_services():
    """A permission nobody asks for is a typing error in waiting; those that services ask for stand here."""
    asked = {a.gate.permission.name for a in addresses() if a.gate.permission}
    used = {p.name for p in declared_permissions()} - asked
    sources = "".join(path.read_text() for path in python_files())
    assert {name for name in used if sources.count(f'"{name}"') < 2} == set()


def python_files() -> Iterator[Any]:
    from django.conf import settings

    for room in ("portal", *settings.BUSINESSES):
        yield from (settings.BASE_DIR / room).rglob("*.py")


class TestAnonymous:
    @pytest.fixture
    def nobody(self, db) -> Client:
        return Client(raise_request_exception=False)

    def test_it_is_sent_to_sign_in_everywhere_but_on_open_pages(self, nobody):
        wrong = []
        for address in addresses():
            answer = send(nobody, address)
            opens = address.gate.side == "open" and address.name not in LEADS_TO_SIGN_IN
            if sent_away(answer) == opens:
                wrong.append(f"{address}: {answer.status_code} {answer.get('Location', '')}")
        assert wrong == []


PEOPLE = ("alice", "bob", "carol", "dora", "paul", "nobody", "charlie")


@pytest.fixture
def person(request, hospital_a, hospital_b) -> Member:
    if request.param == "nobody":
        return Member(make_person("nobody", "无机构"), None, frozenset(), "127.0.0.1", "test")
    member: Member = request.getfixturevalue(f"{request.param}_member")
    return member


def allowed(address: Address, member: Member) -> bool:
    """What the declaration says."""
    gate = address.gate
    if gate.permission is None:
        return True
    if gate.side == "platform":
        return PLATFORM_ADMIN.value in member.roles
    return member.institution is not None and bool(gate.permission.roles & member.roles)


def turned_away(member: Member, address: Address) -> bool:
    """Whether the view itself refuses, asked without what is the same around every view: session, frame, error page."""
    headers = {"Idempotency-Key": uuid4().hex} if address.is_api else None
    body = b"{}" if address.is_api and address.method != "GET" else b""
    request: Any = RequestFactory().generic(address.method, address.url(), body, "application/json", headers=headers)
    request.user, request.session, request.request_id = member.user, SessionStore(), "test"
    request._messages, request._dont_enforce_csrf_checks = FallbackStorage(request), True
    view = resolve(request.path_info)
    try:
        answer = view.func(request, *view.args, **view.kwargs)
    except PermissionDenied:
        return True
    except Http404:  # it has looked for the row already
        return False
    return bool(answer.status_code == 403)


@pytest.mark.parametrize("person", PEOPLE, indirect=True)
def test_it_lets_each_role_in_exactly_where_its_permissions_say(person, monkeypatch):
    """Whatever one may do is done over the whole way; so is, by one clerk, whatever that clerk may not do."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)  # nobody looks at them
    client, wrong = signed_in(person, raise_request_exception=False), []
    for address in filter(in_matrix, addresses()):
        may = allowed(address, person) or (address.url() == "/" and PLATFORM_ADMIN.value in person.roles)
        if not may and person.label != "经办甲":
            if not turned_away(person, address):
                wrong.append(f"{address} {address.url()}: not refused by its view")
            continue
        answer = send(client, address)
        if not client.cookies["sessionid"].value:  # that was the way out
            client = signed_in(person, raise_request_exception=False)
        if address.url() == "/" and PLATFORM_ADMIN.value in person.roles:
            expected = answer.get("Location") == reverse("access:institutions")
        elif may:
            away = sent_away(answer) and address.name not in LEADS_TO_SIGN_IN
            expected = answer.status_code != 403 and answer.status_code < 500 and not away
        else:
            expected = answer.status_code == 403
        if not expected:
            wrong.append(f"{address} {address.url()}: {answer.status_code} {answer.get('Location', '')}")
    assert wrong == []
