"""The examples of the documentation, run as a hospital's programmer would run them."""

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from portal.access.door import tenant_tx
from portal.access.permissions import INSTITUTION_ADMIN
from portal.access.services.keys import grantable_scopes
from tests.api.notes import make_key
from tests.cast import make_institution, make_member

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"
SCOPE = {"year": 2025, "insurance": "001", "agency": "003"}


class House(NamedTuple):
    """Where the portal is, and the keys of one hospital: a plain one, and one whose calls are signed."""

    url: str
    key: str
    signed: str


@pytest.fixture
def house(served: str) -> House:
    """A hospital with a key for everything that keys may do."""
    hospital = make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)
    dora = make_member(hospital, "dora", "管理员甲", INSTITUTION_ADMIN)
    with tenant_tx(hospital.pk):
        key = make_key(dora, scopes=[one.name for one in grantable_scopes()])
        scopes = ["clearing.rows.view", "clearing.generation.request", "gateway.operations.view"]
        signed = make_key(dora, scopes=scopes, signing="ab" * 32)
    return House(served, key, signed)


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
