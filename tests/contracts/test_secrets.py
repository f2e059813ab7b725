"""No secret leaves its place: one year is lived through, then everything that was written anywhere is searched."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as portal_settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django_q.models import OrmQ
from pydantic import BaseModel

from clearing.messages import QueryMonthlyDetail
from clearing.models import Scope
from portal.access.door import platform_tx, tenant_tx
from portal.access.rows import TenantModel
from portal.access.services.keys import create_key
from portal.access.services.members import make_reset_code
from portal.gateway.channels.services import install_channel
from portal.gateway.client import ask
from portal.gateway.messages import item_of, masked, requests, sample
from portal.jobs.queue import later
from portal.vault import SealedField
from portal.vault.rotation import safes
from portal.vault.seal import version_of
from tests.cast import PASSWORD
from tests.clearing.conftest import Desk, quick

__all__ = ["quick"]
WRONG_PASSWORD = "Wrong-Sentinel-7719"
KEYS = ("private_key", "public_key", "provider_public_key", "iv")
#: Columns that hold a secret in a form of their own. Why each may:
KEPT_OTHERWISE = {
    "access_user.password": "Argon2 (in tests a quick hash)",
    "otp_totp_totpdevice.key": "django-otp keeps the seed as it is; only the row's person confirms with it",
}


class Everything(logging.Handler):
    """Every log record, as the portal's own formatter writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.getLogger().handlers[0].formatter if logging.getLogger().handlers else None)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")


@pytest.fixture
def logged() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


@pytest.fixture
def own_master_key(tmp_path, settings, monkeypatch) -> Path:
    path: Path = tmp_path / "master_key.json"
    path.write_text(Path(settings.MASTER_KEY_FILE).read_text())
    settings.MASTER_KEY_FILE = path
    monkeypatch.setenv("PORTAL_MASTER_KEY_FILE", str(path))
    return path


@pytest.fixture
def lived(transactional_db, quick, settings, logged, counterpart, alice_member, bob_member, dora, dora_member) -> Any:
    """A year of clearing with real keys in the database, people read, signed in, keys and codes handed out."""
    party = counterpart("SECRETS", timeout=3, options={"institutions": 6, "broken_rows": 1})
    settings.SANDBOX_URL = party.sandbox.url
    institution = alice_member.institution
    values = {name: getattr(party.settings, name) for name in ("app_code", "base_url", *KEYS)}
    with tenant_tx(institution.pk):
        install_channel("clearing", institution.environment, {**values, "region": "140213"})
    desk = Desk(alice_member, bob_member, party, Scope(institution.environment, 2025, "001", "003"))
    desk.generate().accept().verify().submit()
    secrets = {f"channel {name}": values[name] for name in KEYS}
    query = QueryMonthlyDetail(year="2025", insutype="310", qsjg00="003", akc191="001", page=1, size=20)
    secrets |= {
        f"item {n}": text for n, text in enumerate(sorted(secret_items(ask(query, institution_id=institution.pk))))
    }
    Client().post("/sign-in/", {"username": "alice", "password": WRONG_PASSWORD})
    Client().post("/sign-in/", {"username": "alice", "password": PASSWORD})
    secrets |= {"wrong password": WRONG_PASSWORD, "password": PASSWORD}
    with tenant_tx(institution.pk):
        later("portal.jobs.tasks.run_job", institution.pk, "an-id")
    secrets |= {
        f"master key {version}": key
        for version, key in json.loads(Path(portal_settings.MASTER_KEY_FILE).read_text()).items()
    }
    secrets["secret key"] = portal_settings.SECRET_KEY
    return desk, secrets, dora


def secret_items(record: BaseModel) -> set[str]:
    """Values of the items that a message declares as secret."""
    found: set[str] = set()
    for name in type(record).model_fields:
        value = getattr(record, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                found |= secret_items(one)
            elif item_of(type(record), name).secret and one not in (None, ""):
                found.add(str(one))
    return found


def leaks(secrets: dict[str, str], text: str) -> list[str]:
    """Which secrets stand in the text, as they are or as the database shows bytes."""
    return [name for name, secret in secrets.items() if secret in text or secret.encode().hex() in text]


def everything_stored(institution_id: int) -> Iterator[tuple[str, str]]:
    """Table by table, all rows as text (bytes as hexadecimal)."""
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if not model._meta.managed or model._meta.proxy or model.__module__.startswith("tests."):
            continue
        inside = issubclass(model, TenantModel) or table.startswith("audit_")
        with tenant_tx(institution_id) if inside else platform_tx(), connection.cursor() as cursor:
            kept = [name.split(".")[1] for name in KEPT_OTHERWISE if name.startswith(f"{table}.")]
            cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t", [kept])
            yield table, "\n".join(row[0] for row in cursor.fetchall())


def test_no_secret_is_stored_logged_queued_or_shown_and_rotation_seals_each_anew(own_master_key, lived, logged):
    desk, secrets, dora = lived
    assert len([name for name in secrets if name.startswith("item ")]) > 5, "people were read"
    found = {table: leaks(secrets, text) for table, text in everything_stored(desk.institution_id)}
    with platform_tx(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body, ' ') FROM audit_event")
        found["the platform's log"] = leaks(secrets, cursor.fetchone()[0] or "")
    found["sessions"] = leaks(secrets, str([session.get_decoded() for session in Session.objects.all()]))
    tasks = [task.task for task in OrmQ.objects.all()]
    assert tasks, "something was queued"
    found["queue"] = leaks(secrets, str(tasks))
    assert len(logged.lines) > 5, "something was logged"
    found["log"] = leaks(secrets, "\n".join(logged.lines))
    spool = "\n".join(path.read_text() for path in Path(portal_settings.SPOOL_DIR).rglob("*") if path.is_file())
    assert spool.strip(), "something was spooled"
    found["spool"] = leaks(secrets, spool)
    for address in plain_pages():
        response = dora.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        found[address] = leaks(secrets, content.decode("utf-8", "replace"))
    assert {place: names for place, names in found.items() if names} == {}
    rotate(desk.institution_id)


def plain_pages() -> list[str]:
    """Every address that takes no argument."""

    def walk(patterns: Any, prefix: str) -> Iterator[str]:
        for one in patterns:
            route = str(one.pattern)
            if isinstance(one, URLResolver):
                if not route.startswith("admin"):
                    yield from walk(one.url_patterns, prefix + route)
            elif isinstance(one, URLPattern) and "<" not in route and "^" not in route:
                yield prefix + route

    pages = sorted(set(walk(get_resolver().url_patterns, "/")))
    return [page for page in pages if "sign-out" not in page]


def rotate(institution_id: int) -> None:
    """Every sealed value is sealed with the new key afterwards, and has stayed what it was."""
    before = sealed_values(institution_id)
    assert len({table for table, _, _ in before}) >= 3
    done = subprocess.run(
        [sys.executable, "manage.py", "rotate_keys", "--new"],
        cwd=portal_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    after = sealed_values(institution_id)
    assert {place: plain for place, (_, plain) in after.items()} == {
        place: plain for place, (_, plain) in before.items()
    }
    assert {version for version, _ in before.values()} == {1}
    assert {version for version, _ in after.values()} == {2}


def sealed_values(institution_id: int) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Table, column and row → key version and plain text, of everything sealed for one institution."""
    found = {}
    for safe in safes():
        if not safe.is_tenants or safe.model.__module__.startswith("tests."):
            continue
        with tenant_tx(institution_id):
            for row in safe.model._base_manager.all():
                for column in safe.sealed:
                    value = getattr(row, column)
                    if value is not None:
                        found[safe.table, column, str(row.pk)] = (version_of(value.closed()), value.plain())
    return found


def test_a_key_and_a_code_are_handed_out_once_and_kept_as_hashes(transactional_db, logged, alice_member, dora_member):
    from portal.access.models import Membership

    institution_id = dora_member.institution_id
    with tenant_tx(institution_id):
        _, key = create_key("收费系统", ["clearing.rows.view"], [], None, by=dora_member)
        code = make_reset_code(Membership.objects.get(user=alice_member.user), by=dora_member)
    secrets = {"key": key, "code": code, "bare code": code.replace("-", "")}
    found = {table: leaks(secrets, text) for table, text in everything_stored(institution_id)}
    found["log"] = leaks(secrets, "\n".join(logged.lines))
    assert {place: names for place, names in found.items() if names} == {}


# --- declarations


SEALED = [
    pytest.param(field, id=f"{model._meta.label}.{field.name}")
    for model in apps.get_models()
    if not model.__module__.startswith("tests.")
    for field in model._meta.local_fields
    if isinstance(field, SealedField)
]


@pytest.mark.parametrize("field", SEALED)
def test_a_sealed_column_holds_bytes_and_no_index(db, field):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format_type(atttypid, atttypmod), EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid"
            " AND attnum = ANY (indkey)) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            [field.model._meta.db_table, field.column],
        )
        assert cursor.fetchall() == [("bytea", False)]


def test_there_are_sealed_columns_to_walk():
    names = {param.id for param in SEALED}
    assert {"channels.Channel.private_key", "gateway.Attempt.raw_request", "gateway.Attempt.raw_reply"} <= names


#: Words in a column's name that say it holds a secret.
TELLING = ("secret", "private", "password", "token", "identity", "certno")
#: Columns with such a name that hold none. Why:
HARMLESS: dict[str, str] = {
    "access_user.must_change_password": "a flag",
    "access_user.password": "Argon2",
    "access_user.password_set_at": "a time",
    "access_pastpassword.password": "Argon2",
    "gateway_desk.token_set_at": "a time",
    "clearing_monthlydetail.certno_masked": "the first three and the last four characters",
    "injury_admission.identity_masked": "the first three and the last four characters",
    "injury_centrereport.identity_masked": "the first three and the last four characters",
    "injury_centretreatment.identity_masked": "the first three and the last four characters",
    "injury_uploadedperson.identity_masked": "the first three and the last four characters",
}


def test_what_is_called_a_secret_is_sealed():
    found = set()
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in ("portal", *portal_settings.BUSINESSES):
            continue
        for field in model._meta.local_concrete_fields:
            secret = any(word in field.name for word in TELLING)
            if secret and not isinstance(field, SealedField | models.BinaryField):
                found.add(f"{model._meta.db_table}.{field.column}")
    assert found == set(HARMLESS)


SENTINEL = "sentinel-7719"


def marked(record: BaseModel) -> BaseModel:
    """The record with every secret item replaced by the sentinel."""
    changes: dict[str, Any] = {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, BaseModel):
            changes[name] = marked(value)
        elif isinstance(value, list):
            changes[name] = [marked(one) if isinstance(one, BaseModel) else one for one in value]
        elif item_of(type(record), name).secret:
            changes[name] = SENTINEL
    return record.model_copy(update=changes)


def test_a_masked_message_shows_no_secret_item():
    seen = 0
    for kind in requests():
        for record in map(marked, (sample(kind), sample(kind.reply()))):
            seen += SENTINEL in secret_items(record)
            assert SENTINEL not in json.dumps(masked(record), ensure_ascii=False, default=str), kind.code
    assert seen
