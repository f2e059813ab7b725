r"""Schemathesis over the whole API: every operation of the schema, in every phase, by each of three callers.

Everything is bounded in the gate, and the same code runs whole when the environment says so:

phase      in the gate                                                    WALK_ROLES=all
examples   each operation by one caller whom it lets in                   each by all callers
coverage   likewise; of what it enumerates some cases (see `Share`)       every case, by all callers
fuzzing    each operation by all callers, WALK_EXAMPLES (1) made up       the same
stateful   WALK_SEQUENCES (3) of at most 6 calls by each caller           the same

WALK_ROLES=all WALK_EXAMPLES=8 WALK_SEQUENCES=60 WALK_LOG=walk.txt bin/test tests/api/test_walk_the_schema.py

A quarter of an hour on two cores; WALK_LOG is told of each fault at once, and of each caller's figures. WALK_SEED draws
other requests, gives the operations to other callers and chooses other cases; WALK_PHASES leaves phases out.

Checks of schemathesis that are not asked: `object_level_authorization`, which wants objects that two identities made
in this run (tests/contracts/test_isolation and test_foreign_rows ask every operation for another hospital's rows), and
`max_response_time`, because the machine is shared (bench/ measures).
"""

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from drf_spectacular.generators import SchemaGenerator
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema

#: Requests that are made up for every operation.
EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "1"))
#: Sequences of calls that follow one another's answers.
SEQUENCES = int(os.environ.get("WALK_SEQUENCES", "3"))
ALL_PHASES = ("examples", "coverage", "fuzzing", "stateful")
PHASES = os.environ.get("WALK_PHASES", ",".join(ALL_PHASES)).split(",")
EVERYTHING = os.environ.get("WALK_ROLES", "") == "all"
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
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
)
#: A schema cannot say who was admitted and which codes are in force, so what fits it may still be refused for its
#: meaning. It is never answered that the method, the type or the size is wrong.
MEANT = ("2xx", "400", "401", "403", "404", "409", "412", "422", "429")
#: Of the ways to fit the schema: the usual call, and the shortest.
PLAIN = ("default_positive_test", "valid_object", "object_only_required")
#: What does not fit it is refused; by its version (412) before its body is looked at.
REFUSED = ("400", "401", "403", "404", "405", "406", "409", "411", "412", "415", "422", "429")


@dataclass(frozen=True)
class Caller:
    name: str
    headers: Mapping[str, str]
    #: Operations whose examples and coverage this caller sends in the gate.
    mine: frozenset[str]


@dataclass
class Walk:
    """What was called, what was answered, and what was wrong with it."""

    calls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    statuses: Counter[int] = field(default_factory=Counter)
    succeeded: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        phases = [
            f"{phase}: {sum(self.calls[phase].values())} calls of {len(self.calls[phase])} operations,"
            f" {self.seconds.get(phase, 0):.1f} s"
            for phase in PHASES
        ]
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        done = f"{len(self.succeeded)} operations succeeded"
        return "; ".join([*phases, f"answers {answers}", done, f"{len(self.faults)} faults"])


@dataclass
class Share:
    """Of an operation's coverage: a call that fits the schema in each plain way, of other kinds the first of a kind in
    so many, and one in so many of all.

    Which they are depends on the operation and the seed, so all operations together meet every kind.
    """

    one_in: int = 200
    kinds_in: int = 8
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def takes(self, operation: str, kind: str) -> bool:
        self.seen[operation, kind] += 1
        number = self.seen[operation, kind]
        drawn = crc32(f"{operation} {kind} {number} {SEED}".encode())
        is_turn = number == 1 and (kind in PLAIN or drawn % self.kinds_in == 0)
        return is_turn or drawn % self.one_in == 0


def operations() -> list[str]:
    """Every operation of the schema, as schemathesis names it: `GET /api/v1/keys`."""
    return [f"{verb.upper()} {path}" for path, verbs in schema()["paths"].items() for verb in verbs]


def turn_of(operation: str, callers: Collection[str]) -> str:
    """Which of these callers it falls to."""
    return sorted(callers)[(crc32(operation.encode()) + SEED) % len(callers)]


def walk(server: str, caller: Caller) -> Walk:
    made = schemathesis.openapi.from_dict(deepcopy(schema()), config=_config(server, caller))
    share, numbers = Share(), count(1)

    @made.hook("filter_case")
    def filter_case(context: Any, case: Any) -> bool:
        phase = case.meta.phase
        if EVERYTHING or phase.name != "coverage":
            return True
        return share.takes(case.operation.label, phase.data.scenario)

    @made.hook("map_case")
    def map_case(context: Any, case: Any) -> Any:
        """A business of its own for every call: with one key all but the first would be the same, or refused."""
        if "Idempotency-Key" in (case.headers or {}) and not case.meta.is_negative_at(ParameterLocation.HEADER):
            case.headers["Idempotency-Key"] = f"{caller.name}-{next(numbers)}"
        return case

    found, begun = Walk(), time.monotonic()
    for event in from_schema(made).execute():
        match event:
            case events.PhaseStarted():
                begun = time.monotonic()
            case events.PhaseFinished():
                found.seconds[event.phase.name.value] = time.monotonic() - begun
            case events.ScenarioFinished():
                _note(found, event)
            case events.NonFatalError():
                _blame(found, event.label, str(event.info))
            case events.FatalError():
                raise event.exception
    _log(f"{caller.name}: {found}")
    return found


@cache
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator()
    made: dict[str, Any] = json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))
    return made


def _config(server: str, caller: Caller) -> SchemathesisConfig:
    checks: dict[str, Any] = {name: {"enabled": True} for name in CHECKS}
    checks["negative_data_rejection"] = {"enabled": True, "expected-statuses": list(REFUSED)}
    checks["positive_data_acceptance"] = {"enabled": True, "expected-statuses": list(MEANT)}
    phases: dict[str, Any] = {name: {"enabled": name in PHASES} for name in ALL_PHASES}
    phases["stateful"] |= {"max-steps": 6, "generation": {"max-examples": SEQUENCES}}
    given: dict[str, Any] = {
        "seed": SEED,
        "base-url": server,
        "headers": {**caller.headers, "X-Environment": "test"},
        "workers": 1,
        "continue-on-failure": True,
        "generation": {
            "max-examples": EXAMPLES,
            "no-shrink": True,  # a failing request is told as it was sent; a campaign has an end
            "deterministic": True,
            "database": "none",
            # A made-up key would be believed before a session is looked at, and every call end there.
            "with-security-parameters": "Authorization" in caller.headers,
        },
        "checks": {"enabled": False, **checks},
        "phases": phases,
        "analysis": {"constants": {"enabled": False}},
    }
    others = sorted({*operations()} - caller.mine)
    if others and not EVERYTHING:
        left_out = {"examples": {"enabled": False}, "coverage": {"enabled": False}}
        given["operations"] = [{"include-name": others, "phases": left_out}]
    return SchemathesisConfig.from_dict(given)


def _note(found: Walk, event: events.ScenarioFinished) -> None:
    recorder, phase = event.recorder, event.phase.value
    for case_id, interaction in recorder.interactions.items():
        operation = recorder.cases[case_id].value.operation.label
        found.calls[phase][operation] += 1
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
            if 200 <= interaction.response.status_code < 300:
                found.succeeded.add(operation)
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, said = check.failure_info.failure, recorder.interactions.get(case_id)
                operation = recorder.cases[case_id].value.operation.label
                request = f"{said.request.method} {said.request.uri} {said.request.body!r}" if said else ""
                answer = said.response.content[:300].decode(errors="replace") if said and said.response else ""
                text = f"{phase}: {failure.message[:600]}\n{request[:600]}\n{answer}"
                _blame(found, f"{operation}: {check.name}: {failure.title}", text)


def _blame(found: Walk, name: str, text: str) -> None:
    if name not in found.faults:  # a campaign that is stopped has told what it found
        _log(f"{name}: {text}\n")
    found.faults.setdefault(name, text)


def _log(text: str) -> None:
    if LOG:
        with Path(LOG).open("a") as log:
            log.write(f"{text}\n")
