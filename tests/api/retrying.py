"""A hospital system that loses every answer: what it sends, what it sends again, and what its institution has."""

from __future__ import annotations

import http.client
import json
import re
import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.urls import resolve

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.api.views import ApiView
from tests.cast import signed_in
from tests.contracts.test_isolation import TENANTS

Body = dict[str, Any]
#: The body, and the ids that stand in the address, in their order.
Call = tuple[Any, ...]
CSRF = "a" * 32
#: Tables that say what was called, not what came of it.
LOGS = {"api_idempotentcall", "api_usednonce"}
#: When a key was used and how often it may still be: written by every call.
UNCOUNTED = {"access_institutionkey": "(to_jsonb(t) - '{last_used_at,calls,minute}'::text[])"}
#: Tables of work that goes on after the answer.
OPERATIONS, JOBS = "gateway_operation", "jobs_job"
#: What is taken at once and answered; the job that it begins as well is joined by the next call.
TAKEN_AT_ONCE = {"/api/v1/injury/mappings", "/api/v1/settlement/stays/{visit_id}/fees"}
#: 202, but nothing of it is at the gateway: a reviewer's proposal, a message to a webhook, a word to a job.
WITHOUT_WORK = {
    "/api/v1/channels/{gateway}/{environment}/changes",
    "/api/v1/webhooks/deliveries/{delivery_id}/replays",
    "/api/v1/jobs/{job_id}/cancellations",
}
#: Members that are shown once, by the last part of the address they stand at.
ONCE = {"keys": {"key", "signing_secret"}, "webhooks": {"secret"}}


@dataclass
class World:
    """One hospital: its people, and how each of them calls."""

    url: str
    alice: Member
    bob: Member
    dora: Member
    #: What a hospital system shows; people's sessions are added when they first call.
    headers: dict[str, dict[str, str]]
    counted: Counter[str] = field(default_factory=Counter)
    lines: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    @property
    def institution(self) -> int:
        return self.alice.institution_id

    def door(self) -> Any:
        return tenant_tx(self.institution)

    def shown_by(self, who: str) -> dict[str, str]:
        """How this caller says who it is: by the key, or by the session of a person."""
        if who not in self.headers:
            session = signed_in(getattr(self, who)).cookies["sessionid"].value
            self.headers[who] = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        return self.headers[who]

    def number(self, what: str = "") -> int:
        """1, 2, 3 … of each thing that has to be another one every time."""
        self.counted[what] += 1
        return self.counted[what]


Recipe = Callable[[World], Call]


@dataclass(frozen=True)
class Post:
    """One POST of the API: its address in the schema, who sends it, and how to make what it needs."""

    path: str
    who: str
    ready: Recipe

    @property
    def view(self) -> type[ApiView]:
        found: Any = resolve(self.address(tuple(self.names))).func
        return found.view_class

    @property
    def only_asks(self) -> bool:
        return self.view.only_asks

    @property
    def is_versioned(self) -> bool:
        return self.view.versioned

    @property
    def names(self) -> Iterator[str]:
        """Something for each part of the address."""
        for name in re.findall(r"\{(\w+)\}", self.path):
            yield str(UUID(int=1)) if name.endswith("_id") else {"environment": "test"}.get(name, "x")

    def address(self, ids: tuple[Any, ...]) -> str:
        left = iter(ids)
        return re.sub(r"\{\w+\}", lambda _: str(next(left)), self.path)


POSTS: dict[str, Post] = {}


def post(path: str, *, who: str = "key") -> Callable[[Recipe], Recipe]:
    """Declare what has to be there before this address is called; inside the hospital's door."""

    def declare(ready: Recipe) -> Recipe:
        full = f"/api/v1/{path}"
        if full in POSTS:
            raise TypeError(f"{full} is declared twice")
        POSTS[full] = Post(full, who, ready)
        return ready

    return declare


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def is_in_progress(self) -> bool:
        return isinstance(self.body, dict) and self.body.get("code") == "idempotency-in-progress"


def answer_of(raw: bytes) -> Answer:
    head, _, content = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
    return Answer(int(first.split()[1]), headers, json.loads(content) if content else None)


@dataclass
class Caller:
    """Sends one POST with one key, over real sockets."""

    world: World
    who: str
    address: str

    def lost(self, body: Body, key: str, *, answered: bool) -> Answer | None:
        """Send it and be gone: at once, or when the answer has come and nobody has read it. That answer, peeked at."""
        place = urlsplit(self.world.url)
        with socket.create_connection((str(place.hostname), place.port or 80)) as line:
            content = json.dumps(body).encode()
            headers = {**self._headers(key), "Host": place.netloc, "Content-Length": str(len(content))}
            told = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "Connection": "close"}.items())
            line.sendall(f"POST {self.address} HTTP/1.1\r\n{told}\r\n".encode() + content)
            seen = _peeked(line) if answered else None
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close() resets it
        return seen

    def send(self, body: Body, key: str, **more: str) -> Answer:
        """The answer, once the call is no longer in progress; `more`: headers by name, with underscores."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        while True:
            found = self._sent(json.dumps(body).encode(), {**self._headers(key), **headers})
            if not found.is_in_progress:
                return found
            time.sleep(0.01)

    def _headers(self, key: str) -> dict[str, str]:
        return {**self.world.shown_by(self.who), "Content-Type": "application/json", "Idempotency-Key": key}

    def _sent(self, content: bytes, headers: dict[str, str]) -> Answer:
        if self.who not in self.world.lines:
            self.world.lines[self.who] = http.client.HTTPConnection(urlsplit(self.world.url).netloc, timeout=30)
        line = self.world.lines[self.who]
        line.request("POST", self.address, content, headers)
        reply = line.getresponse()
        text = reply.read()
        told = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, told, json.loads(text) if text else None)


def _peeked(line: socket.socket) -> Answer:
    """What lies in the buffer, left there; the whole answer, because the other side has closed."""
    waiting = select.poll()
    waiting.register(line, select.POLLRDHUP)
    assert waiting.poll(30_000), "no answer came"
    size = 65536
    while len(raw := line.recv(size, socket.MSG_PEEK)) == size:
        size *= 2
    return answer_of(raw)


class Books:
    """Everything that the institution has: so many rows and their hash, table by table."""

    def __init__(self, institution: int) -> None:
        self.institution = institution
        tables = sorted({model._meta.db_table for model in TENANTS} - LOGS)
        rows = "SELECT '{0}', count(*), sum(hashtextextended({1}::text, 0)) FROM {0} t"
        parts = [rows.format(table, UNCOUNTED.get(table, "t")) for table in tables]
        parts.append(rows.format("audit_event", "t") + f" WHERE chain = {institution}")
        with connection.cursor() as cursor:
            cursor.execute(f"PREPARE books AS {' UNION ALL '.join(parts)}")  # planning it takes longer than reading

    def read(self) -> dict[str, tuple[int, Any]]:
        with tenant_tx(self.institution), connection.cursor() as cursor:
            cursor.execute("EXECUTE books")
            return {table: (count, digest) for table, count, digest in cursor.fetchall()}

    def newest_job(self) -> str:
        with tenant_tx(self.institution), connection.cursor() as cursor:
            cursor.execute("SELECT id::text FROM jobs_job ORDER BY created_at DESC, id DESC LIMIT 1")
            return str(cursor.fetchone()[0])


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(table for table in after if before[table] != after[table])


def grown(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """How many rows more, of the tables that have more."""
    more = {table: after[table][0] - before[table][0] for table in after}
    return {table: count for table, count in more.items() if count}


def remembered(path: str, body: Any) -> Any:
    """The answer as it can be given again: without what is shown once."""
    once = ONCE.get(path.strip("/").rpartition("/")[2], set())
    return {name: value for name, value in body.items() if name not in once} if once else body


def made_ready(one: Post, world: World) -> tuple[Caller, Body, str]:
    """Who calls, with what, and under which key; what it needs is there."""
    with world.door():
        body, *ids = one.ready(world)
    return Caller(world, one.who, one.address(tuple(ids))), body, f"lost-{world.number('key')}"


def faults_of(one: Post, world: World, books: Books) -> list[str]:
    """What is wrong with this POST when its answer gets lost; nothing for one that is safe to send again."""
    caller, body, key = made_ready(one, world)
    found, before = [], books.read()
    stale, told = caller.send(body, f"{key}-stale", If_Match='"4711"'), (412 if one.is_versioned else 400)
    if stale.status != told:
        found.append(f"with the version of another row: {stale.status} {stale.body}")
    first = caller.lost(body, key, answered=True)
    assert first is not None
    once, again = books.read(), caller.send(body, key)
    if not 200 <= first.status < 300:
        found.append(f"was refused: {first.status} {first.body}")
    elif not differing(before, once):
        found.append("has no effect")
    if (again.status, again.body) != (first.status, remembered(one.path, first.body)):
        found.append(f"answered {first.status} {first.body}, again {again.status} {again.body}")
    if again.headers.get("location") != first.headers.get("location"):
        found.append(f"the Location is another: {again.headers.get('location')}")
    if again.headers.get("idempotency-replayed") != "true" or "idempotency-replayed" in first.headers:
        found.append("the first answer says that it is a repeated one, or the second does not")
    other = caller.send({**body, "another": 1}, key)
    if (other.status, (other.body or {}).get("code")) != (422, "idempotency-key-reused"):
        found.append(f"the same key for another body: {other.status} {other.body}")
    if changed := differing(once, books.read()):
        found.append(f"sent again, it changes {changed}")
    found += another_faults(one, first, grown(before, once), caller.send(body, f"{key}-another"), once, books)
    return [f"{one.path}: {text}" for text in found]


def another_faults(
    one: Post, first: Answer, begun: dict[str, int], second: Answer, before: dict[str, Any], books: Books
) -> list[str]:
    """What is wrong with the answer to the same call under another key, while what the first one began goes on."""
    if not begun.keys() & {OPERATIONS, JOBS}:
        return [] if first.status != 202 or one.path in WITHOUT_WORK else ["answers 202 and begins nothing"]
    if first.status != 202:
        return [] if one.path in TAKEN_AT_ONCE else [f"begins work and answers {first.status}"]
    after = books.read()
    if one.only_asks:
        if second.status != 202 or OPERATIONS in {*begun, *differing(before, after)}:
            return [f"only asks, it says: {begun}, then {second.status} {second.body}"]
        return []
    name = "operation" if OPERATIONS in begun else "job"
    said = second.body or {}
    found = [f"it changes {changed}"] if (changed := differing(before, after)) else []
    if (second.status, said.get("code")) != (409, "already-running"):
        found.append(f"{second.status} {said}")
    elif not (second.headers.get("location") == said.get(name) and said.get(f"{name}_id") in said.get(name, "")):
        found.append(f"names no {name}: {second.headers.get('location')} {said}")
    elif name == "operation" and said["operation"] != first.headers["location"]:
        found.append(f"names {said['operation']}, not {first.headers['location']}")
    elif name == "job" and said["job_id"] != books.newest_job():
        found.append(f"names {said['job_id']}, which is another job")
    return [f"under another key: {text}" for text in found]
