"""Hospital systems retry blindly: a call whose answer got lost has one effect, and the documented examples work."""

import importlib.util
import json
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from portal.access.door import tenant_tx
from portal.access.permissions import INSTITUTION_ADMIN
from portal.access.services.keys import grantable_scopes
from portal.api.models import IdempotentCall
from tests.api.notes import make_key
from tests.cast import make_institution, make_member
from tests.contracts.test_isolation import TENANTS

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"
SCOPE = {"year": 2025, "insurance": "001", "agency": "003"}
DAYS = {"admitted_from": "2026-01-01", "admitted_to": "2026-01-31"}
#: POSTs that have an effect without anything else having happened before.
POSTS: dict[str, dict[str, Any]] = {
    "clearing/generations": SCOPE,
    "clearing/monthly-fetches": {**SCOPE, "kind": "summary", "visit_type": "001", "month": 1},
    "clearing/cross-region/fetches": {"year": 2025, "month": 3},
    "injury/uploaded-enquiries": DAYS,
    "webhooks/deliveries/{delivery}/replays": {},
}


@pytest.fixture
def house(served: str) -> Any:
    """A hospital with a key for everything that keys may do."""
    hospital = make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)
    dora = make_member(hospital, "dora", "管理员甲", INSTITUTION_ADMIN)
    with tenant_tx(hospital.pk):
        key = make_key(dora, scopes=[one.name for one in grantable_scopes()])
        scopes = ["clearing.rows.view", "clearing.generation.request", "gateway.operations.view"]
        signed = make_key(dora, scopes=scopes, signing="ab" * 32)
    return House(served, hospital.pk, key, signed)


class House:
    def __init__(self, url: str, institution: int, key: str, signed: str) -> None:
        self.url, self.institution, self.key, self.signed = url, institution, key, signed
        self.place = urlsplit(url)

    def raw(self, path: str, body: Any, key: str) -> bytes:
        content = json.dumps(body).encode()
        lines = [
            f"POST /api/v1/{path} HTTP/1.1",
            f"Host: {self.place.netloc}",
            f"Authorization: Api-Key {self.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            f"Idempotency-Key: {key}",
            "Connection: close",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    def kill(self, path: str, body: Any, key: str) -> None:
        """Send it, and be gone before an answer can come."""
        with socket.create_connection((str(self.place.hostname), self.place.port or 80)) as line:
            line.sendall(self.raw(path, body, key))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def post(self, path: str, body: Any, key: str) -> tuple[int, dict[str, str], Any]:
        """Until it is no longer in progress."""
        while True:
            with socket.create_connection((str(self.place.hostname), self.place.port or 80)) as line:
                line.sendall(self.raw(path, body, key))
                text = b"".join(iter(lambda: line.recv(65536), b""))
            head, _, content = text.partition(b"\r\n\r\n")
            first, *rest = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
            said = json.loads(content)
            if not (isinstance(said, dict) and said.get("code") == "idempotency-in-progress"):
                return int(first.split()[1]), headers, said
            time.sleep(0.02)

    def rows(self) -> dict[str, int]:
        """How many rows the institution has, table by table."""
        with tenant_tx(self.institution), connection.cursor() as cursor:
            tables = [model._meta.db_table for model in TENANTS]
            cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
            return dict(cursor.fetchall())


def test_a_call_whose_answer_was_lost_has_one_effect(house: House, hospital_delivery: str):
    for number, (path, body) in enumerate(POSTS.items()):
        where, key = path.format(delivery=hospital_delivery), f"lost-{number}"
        before = house.rows()
        house.kill(where, body, key)
        first = house.post(where, body, key)
        once = house.rows()
        again = house.post(where, body, key)
        assert first[0] in (200, 201, 202), (path, first[2])
        assert (again[0], again[2], again[1]["idempotency-replayed"]) == (first[0], first[2], "true"), path
        assert house.rows() == once, path
        assert {t for t in once if once[t] != before[t]} - {"api_idempotentcall"} or path.startswith("webhooks"), path
        other = house.post(where, {**body, "another": 1}, key)
        assert (other[0], other[2]["code"]) == (422, "idempotency-key-reused"), path
        with tenant_tx(house.institution):
            assert IdempotentCall.objects.filter(key=key).count() == 1


@pytest.fixture
def hospital_delivery(house: House) -> str:
    from portal.hooks.models import Delivery, Webhook

    with tenant_tx(house.institution):
        webhook = Webhook.objects.create(
            environment="test",
            name="HIS",
            url="http://127.0.0.1:9/",
            events=["job.finished"],
            secret="s",
            made_label="x",
        )
        delivery = Delivery.objects.create(
            webhook=webhook, environment="test", message=webhook.pk, event="job.finished", body={}, state="given_up"
        )
    return str(delivery.pk)


def test_the_python_client_of_the_documentation_works_and_is_short(house: House):
    path = EXAMPLES / "client.py"
    assert len(path.read_text().splitlines()) < 100
    spec = importlib.util.spec_from_file_location("example_client", path)
    assert spec is not None
    assert spec.loader is not None
    example: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    for portal in (
        example.Portal(house.url, house.key, pause=0.01),
        example.Portal(house.url, house.signed, signing="ab" * 32, pause=0.01),
    ):
        made = portal.post("clearing/generations", SCOPE, key="the-same")
        assert made["state"] == "queued"
        assert portal.finished(made, seconds=0)["id"] == made["id"]
        assert next(portal.rows("clearing/generations", limit=1))["year"] == 2025
    with pytest.raises(example.Refused, match="422 invalid"):
        portal.post("clearing/generations", {})
    with pytest.raises(example.Refused, match="401 signature-wrong"):
        example.Portal(house.url, house.signed, signing="cd" * 32).get("health")
    nobody = example.Portal("http://127.0.0.1:9", house.key, tries=2, pause=0.01)
    with pytest.raises(OSError):
        nobody.get("health")


def test_the_curl_examples_of_the_documentation_work(house: House):
    examples = re.findall(r"```sh\n(.*?)```", (EXAMPLES / "curl.md").read_text(), re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        done = subprocess.run(
            ["sh", "-ec", example],
            env={"PORTAL": house.url, "KEY": house.key, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout.rpartition("\n\n")[2] or done.stdout)
