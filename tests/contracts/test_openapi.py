"""The API's schema is a document other houses build on: it is committed, and equals the code.

Write it again with `OPENAPI=write bin/test tests/contracts/test_openapi.py`, and read the difference.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    generator: Any = SchemaGenerator()
    return json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))


def test_it_equals_the_committed_document(schema):
    if os.environ.get("OPENAPI") == "write":
        COMMITTED.write_text(json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    assert schema == json.loads(COMMITTED.read_text())


def test_it_is_valid_openapi(schema):
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_it_says_in_chinese_what_each_call_does(schema):
    calls = [(path, verb, call) for path, verbs in schema["paths"].items() for verb, call in verbs.items()]
    assert len(calls) >= 15
    assert [
        (path, verb) for path, verb, call in calls if not any("一" <= c <= "鿿" for c in call.get("summary", ""))
    ] == []


def test_it_asks_every_changing_call_for_a_key_that_makes_it_safe_to_repeat(schema):
    for path, verbs in schema["paths"].items():
        for verb in verbs.keys() & {"post", "put", "patch", "delete"}:
            names = {parameter["name"]: parameter for parameter in verbs[verb].get("parameters", [])}
            assert names.get("Idempotency-Key", {}).get("required"), f"{verb} {path}"
