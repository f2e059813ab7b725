r"""Schemathesis over the whole API: every operation of the schema, as callers who mean no good.

The sizes come from the environment. In the gate each operation meets a few requests of one of three callers; a campaign
gives every operation to each of them, in all phases (see docs/design-notes.md):

WALK_LOG=/tmp/walk.txt WALK_ROLES=all WALK_EXAMPLES=50 WALK_PHASES=examples,coverage,fuzzing,stateful \
    bin/test tests/api/test_walk_the_schema.py
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import schemathesis
from drf_spectacular.generators import SchemaGenerator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

#: Requests that are made up for every operation.
EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "1"))
PHASES = os.environ.get("WALK_PHASES", "fuzzing").split(",")
ALL_PHASES = ("examples", "coverage", "fuzzing", "stateful")
EVERYTHING = os.environ.get("WALK_ROLES", "") == "all"
#: A file that is told of each fault at once.
LOG = os.environ.get("WALK_LOG", "")
SEED = int(os.environ.get("WALK_SEED", "7"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "negative_data_rejection",
    "missing_required_header",
)
#: Wants to send the same call without its key: only where the caller is known by a header of the schema.
BY_KEY = ("ignored_auth",)


@dataclass
class Walk:
    """What was called, what was answered, and what was wrong with it."""

    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


def walk(server: str, headers: Mapping[str, str], *, part: int, parts: int, by_key: bool) -> Walk:
    """Walk this part of the operations, or all of them in a campaign."""
    made = schemathesis.openapi.from_dict(deepcopy(_schema()), config=_config(server, headers, by_key))
    chosen = made if EVERYTHING else made.include(lambda context: _part(context.operation.label, parts) == part)
    found = Walk()
    for event in from_schema(chosen).execute():
        match event:
            case events.ScenarioFinished():
                _note(found, event)
            case events.NonFatalError():
                found.faults[event.label] = str(event.info)
            case events.FatalError():
                raise event.exception
    return found


@cache
def _schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator()
    made: dict[str, Any] = json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))
    return made


def _part(label: str, parts: int) -> int:
    return sum(label.encode()) % parts


def _config(server: str, headers: Mapping[str, str], by_key: bool) -> SchemathesisConfig:
    checks = CHECKS + BY_KEY if by_key else CHECKS
    given: dict[str, Any] = {
        "seed": SEED,
        "base-url": server,
        "headers": {**headers, "X-Environment": "test"},
        "workers": 1,
        "continue-on-failure": True,
        "generation": {"max-examples": EXAMPLES, "no-shrink": EXAMPLES < 10, "deterministic": True, "database": "none"},
        "checks": {"enabled": False, **{name: {"enabled": True} for name in checks}},
        "phases": {name: {"enabled": name in PHASES} for name in ALL_PHASES},
        "analysis": {"constants": {"enabled": False}},
    }
    return SchemathesisConfig.from_dict(given)


def _note(found: Walk, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    for interaction in recorder.interactions.values():
        found.operations.add(recorder.label)
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, said = check.failure_info.failure, recorder.interactions.get(case_id)
                request = f"{said.request.method} {said.request.uri} {said.request.body!r}" if said else ""
                answer = said.response.content[:300].decode(errors="replace") if said and said.response else ""
                name = f"{recorder.label}: {check.name}: {failure.title}"
                text = f"{failure.message[:600]}\n{request[:600]}\n{answer}"
                if LOG and name not in found.faults:  # a campaign that is stopped has told what it found
                    with Path(LOG).open("a") as log:
                        log.write(f"{name}: {text}\n\n")
                found.faults.setdefault(name, text)
