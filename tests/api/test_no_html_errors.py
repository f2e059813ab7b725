"""Whatever is wrong with a call, over a real socket: one shape of error, no page, no word for other origins."""

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections

from portal.access.door import tenant_tx
from portal.access.services.keys import grantable_scopes
from portal.web.wire_errors import write_problem
from tests.api.notes import make_key
from tests.api.retrying import CSRF
from tests.cast import signed_in

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
JSON = {"Content-Type": "application/json", "Idempotency-Key": "k1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "k1"}
ELSEWHERE = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
#: A body that is announced and never sent.
HUGE = {"Content-Length": "99999999"}
KEYS, QUERIES = "/api/v1/keys", "/api/v1/settlement/queries"


@dataclass(frozen=True)
class Case:
    """One call of one caller, and what it must be told."""

    status: int
    code: str
    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Who calls: a key, the session of a person, a key that has made its calls, nobody.
    who: str = "key"
    tells: str = ""


CASES = {
    "preflight": Case(401, "not-authenticated", KEYS, "OPTIONS", ELSEWHERE, who="nobody"),
    "preflight of a key": Case(405, "method-not-allowed", KEYS, "OPTIONS", ELSEWHERE),
    "preflight of nothing": Case(405, "method-not-allowed", "/api/nothing", "OPTIONS", ELSEWHERE, who="nobody"),
    "foreign origin": Case(401, "not-authenticated", KEYS, "GET", ELSEWHERE, who="nobody", tells="WWW-Authenticate"),
    "wrong key": Case(401, "not-authenticated", KEYS, headers={"Authorization": "Api-Key \xff"}, who="nobody"),
    "no JSON": Case(400, "bad-request", QUERIES, "POST", JSON, b'{"number":'),
    "no UTF-8": Case(400, "bad-request", QUERIES, "POST", JSON, b'{"number": "\xff"}'),
    "a form": Case(415, "unsupported-media-type", QUERIES, "POST", FORM, b"number=5203"),
    "packed": Case(415, "unsupported-media-type", QUERIES, "POST", {**JSON, "Content-Encoding": "gzip"}, b"\x1f\x8b"),
    "too large": Case(413, "too-large", QUERIES, "POST", {**JSON, **HUGE}),
    "a form of a person": Case(415, "unsupported-media-type", QUERIES, "POST", {**FORM, **HUGE}, who="session"),
    "in chunks": Case(411, "length-required", QUERIES, "POST", {**JSON, "Transfer-Encoding": "chunked"}, b"0\r\n\r\n"),
    "no boundary": Case(
        415, "unsupported-media-type", QUERIES, "POST", {**JSON, "Content-Type": "multipart/form-data"}, b"x", "session"
    ),
    "session without token": Case(403, "csrf-failed", QUERIES, "POST", JSON, b"{}", "session"),
    "odd idempotency key": Case(400, "idempotency-key-invalid", QUERIES, "POST", {**JSON, "Idempotency-Key": "\xe4"}),
    "NUL in the path": Case(404, "not-found", "/api/v1/keys/%00/revoke", "POST", JSON),
    "NUL in a name": Case(404, "not-found", "/api/v1/code-lists/%00"),
    "NUL in a filter": Case(422, "invalid", "/api/v1/jobs/?state=%00"),
    "NUL in another filter": Case(422, "invalid", "/api/v1/settlement/visits?q=%00&number=%00"),
    "NUL in the body": Case(422, "invalid", QUERIES, "POST", JSON, b'{"number": "52\\u000003", "content": {}}'),
    "no text in the path": Case(404, "not-found", "/api/%ff%fe"),
    "unknown path": Case(404, "not-found", "/api/v2/keys", who="nobody"),
    "unknown id": Case(404, "not-found", "/api/v1/jobs/00000000-0000-7000-8000-000000000000"),
    "wrong method": Case(405, "method-not-allowed", KEYS, "DELETE", tells="Allow"),
    "made-up method": Case(405, "method-not-allowed", KEYS, "BREW", tells="Allow"),
    "method of a page": Case(405, "method-not-allowed", "/api/v1/docs", "OPTIONS", ELSEWHERE, who="session"),
    "page without token": Case(403, "forbidden", "/api/v1/docs", "POST", who="session"),
    "another format": Case(406, "not-acceptable", KEYS, headers={"Accept": "text/html"}),
    "another host": Case(400, "bad-request", KEYS, headers={"Host": "evil.example"}),
    "no host": Case(400, "bad-request", KEYS, headers={"Host": "a b"}),
    "too many parameters": Case(400, "bad-request", "/api/v1/jobs/?" + "a=1&" * 5001),
    "too often": Case(429, "too-many-requests", "/api/v1/jobs/", who="tired", tells="Retry-After"),
}
#: When the database is away, before and behind the sign-in.
AWAY = {
    "key": Case(503, "unavailable", "/api/v1/jobs/", tells="Retry-After"),
    "session": Case(503, "unavailable", "/api/v1/jobs/", who="session", tells="Retry-After"),
}


@pytest.fixture
def callers(served: str, alice_member: Any, dora_member: Any, hospital_a: Any) -> dict[str, dict[str, str]]:
    with tenant_tx(hospital_a.pk):
        key = make_key(alice_member, scopes=[one.name for one in grantable_scopes()], per_minute=1_000_000)
        tired = make_key(alice_member, name="tired", per_minute=0)
    session = signed_in(dora_member).cookies["sessionid"].value
    shown = {"key": f"Api-Key {key}", "tired": f"Api-Key {tired}"}
    return {
        "nobody": {},
        "session": {"Cookie": f"sessionid={session}; csrftoken={CSRF}"},
        **{name: {"Authorization": said} for name, said in shown.items()},
    }


def faults(served: str, cases: dict[str, Case], callers: dict[str, dict[str, str]]) -> Iterator[str]:
    for name, case in cases.items():
        status, headers, content = told(urlsplit(served).netloc, case, callers[case.who])
        if wrong := wrong_with(case, status, headers, content):
            yield f"{name}: {wrong}: {status} {headers.get('content-type')} {content[:300]!r}"


def told(place: str, case: Case, caller: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection(place, timeout=10)
    headers = {"Host": place, "Connection": "close", **caller, **case.headers}
    headers.setdefault("Content-Length", str(len(case.body)))
    line.putrequest(case.method, case.path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        line.putheader(name, value.encode("latin-1"))
    line.endheaders(case.body)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def wrong_with(case: Case, status: int, headers: dict[str, str], content: bytes) -> str:
    if any(name.startswith("access-control-") for name in headers):
        return "other origins are let in"
    if headers.get("content-type") != "application/problem+json":
        return "no problem"
    body = json.loads(content)
    if body.keys() != MEMBERS or not body["request_id"] or body["request_id"] != headers.get("x-request-id"):
        return "another shape"
    if (status, body["status"], body["code"]) != (case.status, case.status, case.code):
        return "another answer"
    if not any("\u4e00" <= character <= "\u9fff" for character in body["detail"]):
        return "no Chinese sentence"
    return f"no {case.tells}" if case.tells and case.tells.lower() not in headers else ""


def test_every_error_over_the_wire_is_a_problem(served, callers, monkeypatch):
    wrong = list(faults(served, CASES, callers))
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", "9")
    wrong += faults(served, AWAY, callers)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("status", "code"), [(400, "bad-request"), (414, "bad-request"), (500, "server-error")])
def test_what_is_no_http_is_answered_with_a_problem(status, code):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        write_problem(ours, status, "Reason", "<script>quoted</script>")
        ours.close()
        answer = http.client.HTTPResponse(theirs)
        answer.begin()
        content = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    assert wrong_with(Case(status, code, ""), answer.status, headers, content) == ""
    assert b"quoted" not in content


def test_the_web_server_answers_with_it():
    from gunicorn import util  # type: ignore[import-untyped]

    import portal.wsgi

    assert callable(portal.wsgi.application)
    assert util.write_error is write_problem
