"""The other side of the wire for tests: a real sandbox process on a free loopback port, with a database of its own."""

import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from portal.gateway import crypto
from portal.gateway.messages import Request, gateway
from portal.gateway.sandbox.control import Sandbox
from portal.gateway.seals.aes_session import AesSessionSwitches
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.seals.switches import EnvelopeSwitches
from portal.gateway.wire import Exchange, WireSettings, clock, exchange, wire
from tests.database import superuser, vacuum_grown

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Counterpart:
    """A registered party with its keys: what a channel would hold. `ask` sends one request over the wire."""

    sandbox: Sandbox
    settings: WireSettings
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def app_code(self) -> str:
        return self.settings.app_code

    def ask(self, request: Request[Any], *, msgid: str = "", **changes: Any) -> Exchange[Any]:
        """`changes` replace settings for this one call, e.g. `iv=…`. Where the wire has sessions, signs in first."""
        rules = wire(self.settings.gateway.wire).sessions
        if rules and not (self.settings.session or "session" in changes) and type(request).code != rules.sign_in:
            self.sign_in()
        settings = WireSettings(**{**vars(self.settings), **changes})
        return exchange(settings, request, msgid=msgid)

    def sign_in(self) -> str:
        """A new session, which following questions carry."""
        signed_in = exchange(self.settings, wire(self.settings.gateway.wire).sign_in(self.settings))
        self.settings = replace(self.settings, session=signed_in.require().sessionid)
        return self.settings.session

    def signed_on(self) -> "Counterpart":
        """With the number of a shift of the channel's own operator, where operators sign in (9001)."""
        kind = wire(self.settings.gateway.wire)
        if kind.signs(self.settings, ""):
            exchanged = exchange(self.settings, kind.sign_on(self.settings))
            self.settings = replace(self.settings, sign_no=kind.number_in(exchanged.raw_reply))
        return self

    def truth(self) -> dict[str, Any]:
        return self.sandbox.truth(self.settings.gateway.name, self.app_code)

    def effects(self, code: str = "") -> list[dict[str, Any]]:
        return [one for one in self.truth()["effects"] if code in ("", one["code"])]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """A running sandbox and what it said."""

    sandbox: Sandbox
    popen: subprocess.Popen[bytes]
    log: Path
    database: psycopg.Connection[Any]

    def require(self) -> None:
        """Fails with the process's last words when it is gone."""
        if (code := self.popen.poll()) is not None:
            pytest.fail(f"the sandbox process ended with {code}:\n{self.log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def sandbox_process(sandbox_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The process, running for the whole session."""
    port = free_port()
    environment = os.environ | sandbox_database | {"PORTAL_MODE": "test", "SANDBOX_TOKEN": "token-of-the-tests"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port)]
    log = tmp_path_factory.mktemp("sandbox") / "sandbox.log"
    with log.open("wb") as out:
        popen = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    database = superuser(urlsplit(sandbox_database["SANDBOX_DATABASE_URL"]).path.removeprefix("/"))
    process = Process(Sandbox(f"http://127.0.0.1:{port}", environment["SANDBOX_TOKEN"]), popen, log, database)
    try:
        process.sandbox.wait(60)
        process.require()
        yield process
    finally:
        popen.terminate()
        popen.wait(20)
        database.close()


@pytest.fixture
def sandbox(sandbox_process: Process) -> Iterator[Sandbox]:
    """The sandbox, empty and without faults."""
    sandbox_process.require()
    sandbox_process.sandbox.reset()
    vacuum_grown(sandbox_process.database, 1024 * 1024)
    yield sandbox_process.sandbox
    sandbox_process.require()
    sandbox_process.sandbox.switch_off()


@pytest.fixture
def counterpart(sandbox: Sandbox) -> Callable[..., Counterpart]:
    """Make a registered party: `counterpart("A1", options={"institutions": 40})`."""

    def make(
        app_code: str = "APP0001",
        *,
        name: str = "clearing",
        switches: dict[str, Any] | None = None,
        names: dict[str, str] | None = None,
        timeout: float = 10,
        **more: Any,
    ) -> Counterpart:
        private, public = crypto.generate()
        told = sandbox.register(
            name, app_code, public, switches=switches or {}, wire_names=names or {}, **({"options": CITY} | more)
        )
        settings = WireSettings(
            gateway=gateway(name),
            base_url=sandbox.base_url(name),
            app_code=app_code,
            provider_public_key=told["provider_public_key"],
            private_key=private,
            public_key=public,
            iv=told["iv"],
            allowed_hosts=(sandbox.host,),
            names=names or {},
            switches=EnvelopeSwitches.read(switches or {}),
            connect_timeout=5,
            read_timeout=timeout,
        )
        return Counterpart(sandbox, settings, told)

    return make


@pytest.fixture
def national_counterpart(sandbox: Sandbox) -> Callable[..., Counterpart]:
    """Make a registered party of the national interface: `national_counterpart("N1", options={"rows": 230})`."""

    def make(
        app_code: str = "NAT0001",
        *,
        code: str = "H44010000001",
        region: str = "440100",
        switches: dict[str, Any] | None = None,
        names: dict[str, str] | None = None,
        timeout: float = 10,
        private_key: str = "",
        **more: Any,
    ) -> Counterpart:
        told = sandbox.register(
            "national",
            app_code,
            institution={"code": code, "name": "测试医院", "region": region},
            switches=switches or {},
            wire_names=names or {},
            **more,
        )
        settings = WireSettings(
            gateway=gateway("national"),
            base_url=sandbox.base_url("national"),
            app_code=app_code,
            secret_key=told["secret_key"],
            private_key=private_key,
            medins_code=code,
            medins_name="测试医院",
            region=region,
            allowed_hosts=(sandbox.host,),
            names=names or {},
            switches=NationalSwitches.read(switches or {}),
            connect_timeout=5,
            read_timeout=timeout,
            next_stamp=lambda sender: f"{clock():%Y%m%d%H%M%S}{9_999 - next(NUMBERS) % 5_000:04d}",
        )
        return Counterpart(sandbox, settings, told).signed_on()

    return make


@pytest.fixture
def injury_counterpart(sandbox: Sandbox) -> Callable[..., Counterpart]:
    """Make a registered party of the work-injury interface, whose app_code is its user: `injury_counterpart("HIS1")`.

    It is signed in at its first question (`Counterpart.ask`) unless `session=` is given. To work through the portal's
    services instead, store `channel_values(party)` with `install_channel("injury", environment, …)`.
    """

    def make(
        app_code: str = "HIS0001",
        *,
        switches: dict[str, Any] | None = None,
        names: dict[str, str] | None = None,
        timeout: float = 10,
        **more: Any,
    ) -> Counterpart:
        told = sandbox.register("injury", app_code, switches=switches or {}, wire_names=names or {}, **more)
        settings = WireSettings(
            gateway=gateway("injury"),
            base_url=sandbox.base_url("injury"),
            app_code=app_code,
            user_name=told["user_name"],
            password=told["password"],
            secret_key=told["secret_key"],
            allowed_hosts=(sandbox.host,),
            names=names or {},
            switches=AesSessionSwitches.read(switches or {}),
            connect_timeout=5,
            read_timeout=timeout,
        )
        return Counterpart(sandbox, settings, told)

    return make


def channel_values(party: Counterpart) -> dict[str, Any]:
    """What an institution's channel to this party of the work-injury interface holds."""
    named = ("base_url", "user_name", "password", "secret_key")
    return {name: getattr(party.settings, name) for name in named}


#: What the database's counter is to a real channel; from above, so that a channel to the same party has other numbers.
NUMBERS = itertools.count()

#: A small town is quicker; tests of the city itself ask for a whole one.
CITY = {"institutions": 40}
