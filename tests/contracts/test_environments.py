"""Test data never stands beside real data: every business row knows its environment, and no page mixes two."""

import itertools
import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import models
from django.http import Http404
from django.test import Client
from django.urls import reverse
from psycopg.types.json import Jsonb

from portal.access.door import tenant_tx
from portal.access.gate import get_or_404
from portal.access.member import Member
from portal.access.rows import has_environment
from portal.gateway.journal.models import Operation
from portal.web.admin_kit import PortalAdmin
from tests.cast import signed_in
from tests.contracts import rows
from tests.contracts.test_access import addresses
from tests.contracts.test_isolation import TENANTS

#: Tenant tables that neither have an environment nor hang on a row that has. Why each need not:
BOTH = {
    "access.BreakGlass": "an emergency view of the institution, whatever it works on",
    "access.InstitutionKey": "a hospital system's key; each call says or takes the institution's environment",
    "access.Membership": "people are the same in both",
    "access.RoleGrant": "people are the same in both",
    "api.IdempotentCall": "the environment is part of the request's hash",
    "api.UsedNonce": "a signed call's random number is used once, whatever the call is about",
    "environments.Switch": "is about both",
    "jobs.Job": "none outlives a switch: a switch waits for all of them",
    "web.SavedView": "how a list is looked at, not what is in it",
}
#: Tables with an environment whose rows of the other one are shown on purpose. Why:
SHOWN_ANYWHERE = {
    "channels.Channel": "the settings of both environments are kept side by side, each under its name",
    "channels.ChannelChange": "the settings of both environments are kept side by side, each under its name",
    "channels.ChannelTrial": "the settings of both environments are kept side by side, each under its name",
}
#: Tables whose rows can be opened by id from the other environment. Why:
REACHED = {
    "gateway.Operation": "a doubt that a switch left behind is settled on its own page, which names the environment",
    "gateway.Attempt": "the messages of such an operation",
    "gateway.GatewaySession": "a session left open before a switch is given back on a page that names both",
    "gateway.NationalSignIn": "a shift left open before a switch may be ended by its number; the sweep ends it anyway",
}
OWN, OTHER = "QXOWNX", "QXOTHERX"
#: Values that pages understand where any text would do for the table.
PLAIN = {"insurance": "001", "agency": "003", "insutype": "310", "gateway": "clearing"}
#: Long pages without any row.
NO_ROWS = {"api:schema", "api:docs", "web:readyz"}
YEARS = itertools.cycle(range(2025, 2000, -1))
#: Where rows of the own environment must be found, or the walk proves nothing.
MUST_SHOW = {"clearing:row-list", "clearing:application-list", "gateway:approvals", "gateway:attempts"}

WITH = [one for one in TENANTS if has_environment(one) and one._meta.label not in SHOWN_ANYWHERE]


def hangs_on_one(model: type[models.Model]) -> bool:
    """Whether each row belongs to a row that knows its environment."""
    targets: list[Any] = [
        f.related_model for f in model._meta.local_fields if isinstance(f, models.ForeignKey) and not f.null
    ]
    return any(has_environment(one) or one in map(_model, BOTH) for one in targets)


def _model(label: str) -> Any:
    return next((one for one in TENANTS if one._meta.label == label), None)


def test_every_business_row_knows_its_environment():
    without = {m._meta.label for m in TENANTS if not has_environment(m) and not hangs_on_one(m)}
    assert without - BOTH.keys() == set(), "give it a column `environment`, or say here why it needs none"
    labels = {model._meta.label for model in TENANTS}
    assert BOTH.keys() - labels == set(), "stale exemption"
    assert SHOWN_ANYWHERE.keys() - labels == set(), "stale exemption"


def test_a_row_says_what_its_environment_is_and_always_has_one():
    for model in WITH:
        options: Any = model._meta
        field = options.get_field("environment")
        assert not field.null, model._meta.label
        assert [value for value, _ in field.flatchoices] == ["test", "production"], model._meta.label


def test_it_keeps_business_keys_of_the_environments_apart():
    """What is unique in one environment may exist in the other."""
    for model in WITH:
        for one in model._meta.constraints:
            if isinstance(one, models.UniqueConstraint) and set(one.fields) - {"institution", "id"}:
                keyed = "environment" in one.fields or _through_a_row(model, one.fields) or one.name in BY_NUMBER
                assert keyed, f"{model._meta.label}: {one.name}"


#: Unique keys that need no environment. Why:
BY_NUMBER = {"gateway_attempt_msgid": "message ids are drawn anew for every message"}


def _through_a_row(model: type[models.Model], fields: Any) -> bool:
    return any(isinstance(model._meta.get_field(name), models.ForeignKey) for name in fields if name != "institution")


# --- the walk


class Marked(dict[str, Any]):
    """What `put_row` is to put where the table does not care: texts that can be found again."""

    def __init__(self, model: type[models.Model], environment: str, mark: str, known: dict[str, Any]) -> None:
        super().__init__(known)
        self.model, self.environment, self.mark = model, environment, mark

    def get(self, name: str, default: Any = None) -> Any:
        if name == "environment":
            return self.environment
        if name in self:
            return self[name]
        field: Any = self.model._meta.get_field(name)
        if name == "year":
            return next(YEARS)  # one live row a year: every row gets a year of its own
        if name in PLAIN and not field.choices:
            return PLAIN[name]
        if isinstance(field, models.JSONField):
            return Jsonb(field.get_default())
        plain = type(field) in (models.CharField, models.TextField) and not field.choices
        if plain and (field.max_length or 99) >= 12:
            return f"{self.mark}{uuid4().hex}"[: field.max_length]
        return default


@pytest.fixture
def both(
    transactional_db: None, owner_connection: Any, hospital_a: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[tuple[str, str], Any]:
    """A row in every table, once in each environment, by (table, mark); hospital A works in the test environment."""
    ids: dict[tuple[str, str], Any] = {}
    for environment, mark in (("test", OWN), ("production", OTHER)):
        known = {model._meta.label: rows.FITTING.get(model._meta.label, {}) for model in TENANTS}
        fitting = {m._meta.label: Marked(m, environment, mark, known[m._meta.label]) for m in TENANTS}
        with monkeypatch.context() as patch:
            patch.setattr(rows, "FITTING", fitting)
            put = rows.put_rows(owner_connection, WITH, hospital_a)
        ids |= {(model._meta.label, mark): put[model] for model in WITH}
    return ids


def reached(model: Any, row_id: Any) -> bool:
    try:
        return get_or_404(model, row_id) is not None
    except Http404:
        return False


def pages(client: Client, seen: set[str]) -> dict[str, str]:
    """What this person may read and nobody has seen yet: pages without ids, the API's lists, the admin's lists."""
    found = {}
    for address in addresses():
        if address.name in seen | NO_ROWS:
            continue
        if address.method != "GET" or "<" in address.route or address.gate.side != "institution" or address.is_admin:
            continue
        answer = client.get(address.url())
        assert answer.status_code < 500, address
        if answer.status_code == 200 and not answer.streaming:
            found[address.name] = answer.content.decode(errors="replace")
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        if isinstance(page, PortalAdmin) and page.side == "institution" and name not in seen:
            found[name] = client.get(reverse(name)).content.decode()
    return found


def test_no_page_list_or_dashboard_shows_a_row_of_the_other_environment(
    both: dict[tuple[str, str], Any], alice_member: Member, carol_member: Member
):
    for model in WITH:  # first by their ids, which somebody may have kept
        with tenant_tx(alice_member.institution_id):
            assert reached(model, both[model._meta.label, OWN]), model._meta.label
            assert reached(model, both[model._meta.label, OTHER]) == (model._meta.label in REACHED), model._meta.label
    seen, shows_own, shows_other = set[str](), set(), set()
    for member in (alice_member, carol_member):  # together they may read everything
        for name, text in pages(signed_in(member), seen).items():
            seen.add(name)
            if OWN in text:
                shows_own.add(name)
            if OTHER in text:
                shows_other.add(f"{name}: {re.search(rf'.{{0,80}}{OTHER}.{{0,40}}', text)}")
    assert shows_other == set()
    assert shows_own >= MUST_SHOW, MUST_SHOW - shows_own


def test_a_doubt_that_a_switch_left_behind_stays_in_sight_under_its_environments_name(
    transactional_db: None, owner_connection: Any, hospital_a: Any, alice: Client, monkeypatch: pytest.MonkeyPatch
):
    marked = Marked(Operation, "production", OTHER, {"state": "in_doubt"})
    monkeypatch.setattr(rows, "FITTING", {"gateway.Operation": marked})
    rows.put_row(owner_connection, Operation, hospital_a)
    text = alice.get(reverse("gateway:doubts")).content.decode()
    assert OTHER in text
    assert '<span class="tag tag-warn">正式环境</span>' in text
